// Copies examples into the documents that show them: whatever stands between `<!-- PATH -->` and
// `<!-- /PATH -->` becomes the content of that file. `<!-- audit-output -->` takes what the
// README's first command prints, shortened. Also writes the JSON Schemas of the files that people
// write (docs/schemas).
//
// usage: node scripts/update-docs.mjs    after `npm run build`, and after a change of an example or
//   of a schema
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { shortenAudit } from './shorten-audit.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const documents = [
  'README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

function auditOutput() {
  try {
    return execFileSync('node', ['dist/cli/main.js', 'audit', 'examples/credit_scoring'], {
      encoding: 'utf8',
    });
  } catch (error) {
    // A missing build ends with 1 too, and prints nothing on standard output.
    if (error.status !== 1 || error.stdout === '') throw error;
    return error.stdout;
  }
}

for (const document of documents) {
  const before = readFileSync(document, 'utf8');
  const after = before.replace(/<!-- (?!\/)(\S+) -->\n[\s\S]*?<!-- \/\1 -->/g, (_, name) => {
    const [language, content] =
      name === 'audit-output'
        ? ['text', shortenAudit(auditOutput())]
        : [name.split('.').at(-1), readFileSync(name, 'utf8')];
    return `<!-- ${name} -->\n\`\`\`${language}\n${content.trimEnd()}\n\`\`\`\n<!-- /${name} -->`;
  });
  if (after === before) continue;
  writeFileSync(document, after);
  process.stdout.write(`${document} updated\n`);
}

/** The files that people write: the name of each schema, and the module and function it is from. */
const FILE_SCHEMAS = [
  ['permissions', 'config/permission-file-schema.js', 'permissionFileSchema'],
  ['policy-tests', 'testing/policy-tests/policy-test-file.js', 'policyTestsSchema'],
  ['endpoint-access', 'platforms/databricks/endpoints/endpoint-file.js', 'endpointFileSchema'],
  ['links', 'platforms/databricks/links/link-file.js', 'linkFileSchema'],
  ['exceptions', 'audit/acceptance/exceptions-file.js', 'exceptionsSchema'],
  ['baseline', 'audit/acceptance/baseline.js', 'baselineSchema'],
];
const schemaFiles = [];
for (const [name, module, create] of FILE_SCHEMAS) {
  const { [create]: schemaOf } = await import(`../dist/${module}`);
  const file = `docs/schemas/${name}.schema.json`;
  writeFileSync(file, JSON.stringify(schemaOf()));
  schemaFiles.push(file);
}
execFileSync(process.execPath, [
  'node_modules/@biomejs/biome/bin/biome',
  'format',
  '--write',
  ...schemaFiles,
]);
