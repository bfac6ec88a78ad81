import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arbitraryGlue, arbitrarySecret, ENCODINGS } from '../support/arbitrary-secrets.js';
import { holdsSecret } from '../support/find-secret.js';
import { findSecrets } from './support/find-secrets.js';
import { makeSecret } from './support/leaks/make-secret.js';
import { createTranscript, searchTranscripts } from './support/transcript.js';

const CONFIG = 'test/e2e/support/leaks/vitest.config.ts';
const LEAKS = 'test/e2e/support/leaks/every-channel.leaks.ts';
const QUIET = 'test/e2e/support/leaks/quiet.leaks.ts';
const ANOTHER = 'test/e2e/support/leaks/another-file.leaks.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'feast-permissions-secret-search-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly failed: boolean;
  readonly output: string;
  /** What the search over all files found. */
  readonly leaks: readonly string[];
  readonly passed: string | undefined;
  /** What it left behind. */
  readonly files: readonly string[];
}

/**
 * Runs test files as the slow tests are run, with their temporary files in a folder of their own.
 */
async function run(...files: readonly string[]): Promise<Run> {
  const temporary = mkdtempSync(join(folder, 'run-'));
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', CONFIG, ...files];
  const env = { ...process.env, TMPDIR: temporary, NO_COLOR: '1' };
  const [failed, stdout, stderr] = await new Promise<[boolean, string, string]>((resolve) => {
    execFile(process.execPath, args, { env }, (error, out, err) =>
      resolve([error !== null, out, err]),
    );
  });
  const [, found = ''] = stderr.split(/^secrets were put out:$/m);
  return {
    failed,
    output: stdout + stderr,
    leaks: found.split('\n').flatMap((line) => (line === '' ? [] : [line.trim()])),
    passed: /Test Files .*/.exec(stdout)?.[0],
    files: readdirSync(temporary).filter((name) => name.startsWith('feast-permissions-')),
  };
}

describe('a leak makes a run fail', () => {
  test('on each channel, with the file, the channel and the name of the secret', async () => {
    const { failed, output, leaks, files } = await run(LEAKS);
    const leak = (channel: string, name = channel): string =>
      `${LEAKS}: ${channel}: secret of ${name}`;
    const expected = [
      leak('stdout'),
      leak('stderr'),
      leak('console'),
      leak('process warning', 'warning'),
      // Node.js prints it, too.
      leak('stderr', 'warning'),
      leak('error'),
      leak('error', 'thrown error'),
      leak('error', 'rejection'),
      leak('subject'),
      leak('decision'),
      leak('audit'),
      leak('log'),
      leak('foreign'),
      leak('stdout of program', 'program'),
      leak('stderr of program', 'errors of program'),
      `${LEAKS}: decision: token that is masked`,
      `${LEAKS}: half token: signed token`,
    ];
    expect(failed).toBe(true);
    expect(leaks).toEqual(expect.arrayContaining(expected));
    // The run as a whole puts out what its files print, and what it says of their failures.
    expect(leaks.filter((line) => !line.startsWith('the run: '))).toHaveLength(expected.length);
    expect(leaks).toContain('the run: report of errors: secret of report');
    // The file itself has failed for the same reasons, and before.
    for (const line of expected) expect(output.split(line)).toHaveLength(3);
    expect(files).toEqual([]);
  });

  test('where one file puts out a secret of another, although both have passed', async () => {
    const { failed, leaks, passed, files } = await run(QUIET, ANOTHER);
    expect(passed).toMatch(/2 passed/);
    expect(leaks).toEqual([`${ANOTHER}: decision: secret of quiet`]);
    expect(failed).toBe(true);
    expect(files).toEqual([]);
  });

  test('and without one it does not', async () => {
    const { failed, output, files } = await run(QUIET);
    expect(output).not.toContain('secrets were put out');
    expect(failed).toBe(false);
    expect(files).toEqual([]);
  });
});

describe('what is searched', () => {
  test('is larger than what is looked at in one go', () => {
    const secret = makeSecret('window');
    for (const distance of [-100, -20, 0, 5, 3000]) {
      const runs = mkdtempSync(join(folder, 'large-'));
      const transcript = createTranscript(runs, 'large');
      transcript.watchSecret(secret, 'secret of window');
      transcript.write('stdout', '.'.repeat(2 ** 18 + distance));
      transcript.write('stdout', JSON.stringify(JSON.stringify(encodeURIComponent(secret))));
      transcript.write('stdout', '.'.repeat(2 ** 18));
      const leak = { file: 'large', channel: 'stdout', what: 'secret of window' };
      expect(transcript.search()).toEqual([leak]);
      expect(searchTranscripts(runs)).toEqual([leak]);
    }
  });

  test('is looked through for all secrets that a transcript ever had', () => {
    const runs = mkdtempSync(join(folder, 'late-'));
    const transcript = createTranscript(runs, 'late');
    transcript.record('log', `it was ${makeSecret('late')}`);
    expect(transcript.search()).toEqual([]);
    transcript.watchSecret(`${makeSecret('late')}\n`, 'secret of late');
    transcript.watchSecret(makeSecret('never'), 'secret of never');
    expect(transcript.search().map(({ what }) => what)).toEqual(['secret of late']);
  });

  test('has to be long enough to be a secret', () => {
    const transcript = createTranscript(mkdtempSync(join(folder, 'short-')), 'short');
    expect(() => transcript.watchSecret('12345', 'a number')).toThrow(TypeError);
  });
});

describe('every way to write a secret', () => {
  test.each(ENCODINGS)('is read: $name', ({ encode }) => {
    const property = fc.property(
      fc.uniqueArray(arbitrarySecret, { minLength: 2, maxLength: 4 }),
      arbitraryGlue,
      fc.double({ noNaN: true, min: 0, max: 0.999 }),
      ([secret = '', ...others], glue, random) => {
        const text = `${glue} ${encode(secret, () => random)} ${glue}`;
        const found = findSecrets([secret, ...others], Buffer.from(text));
        expect(found).toContain(secret);
        // Another one only where the one holds the other.
        for (const other of found) expect(holdsSecret(other, text)).toBe(true);
      },
    );
    fc.assert(property, { numRuns: 200 });
  });

  test.each([
    ['bytes as they are inspected', (secret: string) => inspect(Buffer.from(secret))],
    ['an array as it is inspected', (secret: string) => inspect([...Buffer.from(secret)])],
    ['bytes in JSON', (secret: string) => JSON.stringify({ bytes: Buffer.from(secret) })],
    [
      'lines as they are inspected',
      (secret: string) => inspect({ key: `${secret}\n${'x'.repeat(90)}` }),
    ],
    ['escapes of bytes', (secret: string) => inspect(secret).replace('e', '\\x65')],
  ])('is read: %s', (_name, write) => {
    const secret = `first "line"\n${makeSecret('key')}`;
    const text = Buffer.from(write(secret));
    expect(findSecrets([secret, makeSecret('another')], text)).toEqual([secret]);
  });
});
