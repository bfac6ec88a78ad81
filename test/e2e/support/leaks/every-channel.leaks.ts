import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { addSecretRedaction, createRedactor } from '../../../../src/redaction/index.js';
import { recordAnswers, recordErrors, recordProcess, transcript } from '../recording.js';
import { makeSecret } from './make-secret.js';

/** A secret for each channel, so that each is found there alone. */
function watch(what: string): string {
  const value = makeSecret(what);
  transcript.watchSecret(value, `secret of ${what}`);
  return value;
}

function expectLeak(channel: string, what = `secret of ${channel}`): void {
  expect(transcript.search()).toContainEqual({
    file: 'test/e2e/support/leaks/every-channel.leaks.ts',
    channel,
    what,
  });
}

test('stdout, in two pieces', () => {
  const secret = watch('stdout');
  process.stdout.write(`begins ${secret.slice(0, 9)}`);
  process.stdout.write(`${secret.slice(9)}\n`);
  expectLeak('stdout');
});

test('stderr, as bytes that are base64', () => {
  process.stderr.write(Buffer.from(`x:${watch('stderr')}`).toString('base64'));
  process.stderr.write('\n');
  expectLeak('stderr');
});

test('console, deep in a value', () => {
  // oxlint-disable-next-line no-console -- what is printed is recorded.
  console.log('%s', 'a value', { a: { b: { c: { d: [watch('console')] } } } });
  expectLeak('console');
});

test('a warning', async () => {
  process.emitWarning(`hex ${Buffer.from(watch('warning')).toString('hex')}`);
  await sleep(1);
  expectLeak('process warning', 'secret of warning');
});

test('an error, in the cause of its cause', async () => {
  const secret = watch('error');
  const cause = new Error('outer', { cause: new Error(encodeURIComponent(secret)) });
  const source = recordErrors({ getToken: () => Promise.reject(cause) });
  await expect(source.getToken()).rejects.toBe(cause);
  expectLeak('error');
});

test('an error that is thrown at once, in a field', () => {
  const error = Object.assign(new Error('no'), { body: JSON.stringify([watch('thrown error')]) });
  const source = recordErrors({
    open: (): never => {
      throw error;
    },
  });
  expect(() => source.open()).toThrow(error);
  expectLeak('error', 'secret of thrown error');
});

test('an unhandled rejection', async () => {
  void Promise.reject(new Error(watch('rejection')));
  await sleep(1);
  expectLeak('error', 'secret of rejection');
});

test('an answer', async () => {
  const subject = { username: 'ann', groups: [watch('subject')] };
  const authenticator = recordAnswers('subject', { authenticate: async () => subject });
  await expect(authenticator.authenticate()).resolves.toBe(subject);
  expectLeak('subject');
});

test('a decision, a report and a log', () => {
  transcript.record('decision', { reasons: new Map([['a', watch('decision')]]) });
  transcript.record('audit', { findings: [{ bytes: Buffer.from(watch('audit')) }] });
  transcript.record('log', `{"line":${JSON.stringify(JSON.stringify(watch('log')))}}`);
  for (const channel of ['decision', 'audit', 'log']) expectLeak(channel);
});

test('something of another package, where nothing masks it', () => {
  const secret = watch('foreign');
  const redactor = createRedactor();
  transcript.recordForeign('foreign', { secret }, redactor);
  expectLeak('foreign');
});

test('something of another package, where it is masked', () => {
  const secret = makeSecret('masked');
  const redactor = createRedactor();
  redactor.add(secret);
  transcript.watchSecret(secret, 'secret of masked');
  transcript.recordForeign('masked', new Error(`no entry for ${secret}`), redactor);
  expect(transcript.search().map(({ channel }) => channel)).not.toContain('masked');
});

test('a program of ours', async () => {
  const program = `process.stdout.write(process.env.SECRET.slice(0, 8));
    setTimeout(() => process.stdout.write(process.env.SECRET.slice(8)), 50);
    process.stderr.write(encodeURIComponent(process.env.OTHER));`;
  const env = { SECRET: watch('program'), OTHER: watch('errors of program') };
  const child = execFile(process.execPath, ['-e', program], { env });
  recordProcess('program', child);
  await once(child, 'close');
  expectLeak('stdout of program', 'secret of program');
  expectLeak('stderr of program', 'secret of errors of program');
});

test('what the package masks, without a word of the test', () => {
  const signature = makeSecret('token').repeat(2);
  const remove = addSecretRedaction({ name: 'token', value: signature });
  remove();
  transcript.record('decision', `token e30.e30.${signature}`);
  expectLeak('decision', 'token that is masked');
});

test('half a signed token', () => {
  const claims = Buffer.from(JSON.stringify({ sub: makeSecret('claims') })).toString('base64url');
  transcript.watchSecret(`eyJhbGciOiJub25lIn0.${claims}.${'s1gnature'.repeat(5)}`, 'signed token');
  transcript.record('half token', `eyJhbGciOiJub25lIn0.${claims}`);
  expectLeak('half token', 'signed token');
});

test('a value that is handed over does not count as a leak', async () => {
  const secret = watch('handed over');
  const store = recordErrors({ read: async () => secret });
  await expect(store.read()).resolves.toBe(secret);
});

test('a failure that is reported', () => {
  expect({ secret: watch('report') }).toEqual({ secret: 'another one' });
});
