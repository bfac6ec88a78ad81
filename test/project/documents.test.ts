import { expect, it } from 'vitest';
import { shortenAudit } from '../../scripts/shorten-audit.mjs';
import { runCli } from '../cli/run-cli.js';
import { ALL_ERRORS } from '../support/all-errors.js';
import { listProjectFiles, readProjectFile } from './project-files.js';

/**
 * Blocks between `<!-- NAME -->` and `<!-- /NAME -->`: what a document shows of a file or a
 * command.
 */
const shown = listProjectFiles()
  .filter((file) => file.endsWith('.md'))
  .flatMap((document) =>
    [
      ...readProjectFile(document).matchAll(
        /<!-- (?!\/)(\S+) -->\n```\w+\n([\s\S]*?)\n```\n<!-- \/\1 -->/g,
      ),
    ].map(([, name, text]) => ({ document, name: String(name), text: `${text}\n` })),
  );

it('finds what documents show', () => {
  expect(shown.length).toBeGreaterThan(4);
});

// `node scripts/update-docs.mjs` mends what differs.
it.each(shown.filter(({ name }) => name !== 'audit-output'))(
  '$document shows $name as it is',
  ({ name, text }) => {
    expect(text).toBe(readProjectFile(name));
  },
);

it('README.md shows what its first command prints, shortened', async () => {
  const readme = shown.find(({ name }) => name === 'audit-output');
  const { stdout } = await runCli(['audit', 'examples/credit_scoring']);
  expect(readme?.text).toBe(shortenAudit(stdout));
});

it('docs/errors.md lists every code with its statuses', () => {
  const row = /^\| `(ERR_\w+)` *\| `\w+` *\| (\d+) *\| (\d+) *\|/gm;
  const listed = [...readProjectFile('docs/errors.md').matchAll(row)].map(
    ([, code, http, grpc]) => [code, { http: Number(http), grpc: Number(grpc) }],
  );
  expect(Object.fromEntries(listed)).toEqual(
    Object.fromEntries(ALL_ERRORS.map(({ code, responseStatus }) => [code, responseStatus])),
  );
});
