import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProjectFile } from '../project/project-files.js';

const README = readProjectFile('examples/feature-server/README.md');
const URL_OF_README = 'http://127.0.0.1:6566';

/** The commands of the README, each with the status that is promised before it. */
const promised = [...README.matchAll(/\((\d{3})\):\n\n```sh\n([\s\S]*?)\n```/g)].map(
  ([, status, command]) => ({ status: Number(status), command: String(command) }),
);

let child: ChildProcess;
let printed = '';
let failed = '';

function start(...argv: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['scripts/run-example.mjs', ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

beforeAll(async () => {
  child = start('--port', '0');
  const ended = once(child, 'close');
  child.stderr?.on('data', (chunk: Buffer) => {
    failed += chunk.toString();
  });
  await Promise.race([
    new Promise<void>((resolve) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        if (printed.includes('Ctrl-C')) resolve();
      });
    }),
    ended.then(() => Promise.reject(new Error(`the example ended:\n${printed}${failed}`))),
  ]);
}, 120_000);

afterAll(() => child?.kill('SIGKILL'));

/** Runs a command as it would be pasted, and gives the status that curl prints first. */
async function statusOf(command: string): Promise<number> {
  const [exported = ''] = /^export .*$/m.exec(printed) ?? [];
  const { stdout } = await promisify(execFile)('sh', ['-c', `${exported}\n${command}`]);
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(stdout)?.[1]);
}

describe('npm run example', () => {
  it('prints lines to paste that are answered as it says', async () => {
    const lines = [...printed.matchAll(/^# (\d{3}): .*\n(curl [\s\S]*?)\n\n/gm)];
    const statuses = lines.map(([, status]) => Number(status));
    expect(statuses).toEqual([200, 401, 403]);
    for (const [, status, command] of lines) {
      expect(await statusOf(String(command))).toBe(Number(status));
    }
  });

  it('prints what the README shows', () => {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0] ?? '';
    for (const { command } of promised.slice(0, 3)) {
      expect(printed).toContain(command.replace(URL_OF_README, url));
    }
  });

  it('answers the commands of the README as it says there', async () => {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0] ?? '';
    expect(promised).toHaveLength(6);
    for (const { status, command } of promised) {
      expect(await statusOf(command.replace(URL_OF_README, url)), command).toBe(status);
    }
  });

  it.each([
    ['--help', 0, 'usage: npm run example'],
    ['--port=70000', 2, '--port must be a number'],
    ['--port=http', 2, '--port must be a number'],
    ['--nosuch', 2, 'usage: npm run example'],
  ])(
    'with %s ends with %i',
    async (argument, exitCode, text) => {
      const other = start(argument);
      let output = '';
      for (const stream of [other.stdout, other.stderr]) {
        stream?.on('data', (chunk: Buffer) => {
          output += chunk.toString();
        });
      }
      expect(await once(other, 'close')).toEqual([exitCode, null]);
      expect(output).toContain(text);
    },
    60_000,
  );

  it('says that its port is in use', async () => {
    const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(printed)?.[1] ?? '';
    const other = start('--port', port);
    let output = '';
    other.stderr?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    expect(await once(other, 'close')).toEqual([1, null]);
    expect(output).toContain(`port ${port} is in use`);
  }, 60_000);

  it('ends by itself when it is asked to', async () => {
    const ended = once(child, 'close');
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(failed).toBe('');
  });
});
