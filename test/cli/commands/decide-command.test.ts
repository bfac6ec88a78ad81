import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FEAST_READING_VERSIONS } from '../../../src/audit/index.js';
import { run } from '../../../src/cli/run.js';
import { EXAMPLE, EXAMPLE_REGISTRY, OIDC_EXAMPLE, runCli } from '../run-cli.js';

const READER = { username: 'ann', roles: ['super-reader'] };
const NOT_JSON = 'the line is not JSON: write each request as one object on one line';
const VIEW = { type: 'FeatureView', name: 'untagged_view' };

function lines(...requests: readonly unknown[]): string {
  return requests
    .map((request) => `${typeof request === 'string' ? request : JSON.stringify(request)}\n`)
    .join('');
}

async function decide(
  stdin: readonly (string | Uint8Array)[],
  path = OIDC_EXAMPLE,
): Promise<{
  readonly exitCode: number;
  readonly answers: readonly unknown[];
}> {
  const { exitCode, stdout } = await runCli(['decide', path], { stdin });
  const answers = stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
  return { exitCode, answers };
}

describe('decide', () => {
  it('answers each line in order', async () => {
    const stdin = lines(
      { id: 1, user: READER, actions: 'READ_ONLINE', resource: VIEW },
      {
        id: 'two',
        user: null,
        actions: ['describe', 'READ'],
        resource: { ...VIEW, type: 'feature_view' },
      },
      '',
      { user: READER, actions: ['CREATE'], resource: { type: 'Entity', name: 'driver' } },
      { id: 4, user: READER, actions: ['READ'], resource: { ...VIEW, project: 'nosuch' } },
      { id: 5, user: READER, actions: ['READ'], resource: { type: 'SavedDataset', name: 'x' } },
    );
    expect(await decide([stdin])).toEqual({
      exitCode: 0,
      answers: [
        { line: 1, id: 1, allowed: true, reason: 'granted', permissions: ['feature-reader'] },
        {
          line: 2,
          id: 'two',
          allowed: false,
          reason: 'denied',
          permissions: ['admin-all', 'feature-reader'],
        },
        { line: 4, allowed: false, reason: 'denied', permissions: [] },
        { line: 5, id: 4, allowed: false, reason: 'unknown-project', permissions: [] },
        { line: 6, id: 5, allowed: false, reason: 'unsecured', permissions: [] },
      ],
    });
  });

  it('answers a bad line with an error of its own', async () => {
    const deep = '['.repeat(100_000);
    const stdin = lines(
      'not JSON',
      { id: 2, actions: ['READ'], resource: VIEW },
      { id: 3, user: { ...READER, roles: 'admin' }, actions: ['READ'], resource: VIEW },
      { id: 4, user: READER, actions: [], resource: VIEW },
      { id: 5, user: READER, actions: ['FLY'], resource: VIEW },
      { id: 6, user: READER, actions: ['READ'], resource: { type: 'View', name: 'x' } },
      { id: 7, user: READER, actions: ['READ'], resource: { ...VIEW, tag: {} } },
      { id: 8, user: READER, actions: ['READ'], resource: { ...VIEW, tags: { a: 1 } } },
      { id: { a: 1 }, user: READER, actions: ['READ'], resource: VIEW },
      'null',
      deep,
      { id: 12, user: READER, actions: ['READ'], resource: VIEW },
    );
    const { exitCode, answers } = await decide([stdin]);
    expect(exitCode).toBe(2);
    expect(answers).toEqual([
      { line: 1, error: { message: NOT_JSON } },
      { line: 2, id: 2, error: { message: '`user` is missing' } },
      { line: 3, id: 3, error: { message: '`user.roles` must be an array' } },
      {
        line: 4,
        id: 4,
        error: { message: 'actions are missing. Name at least one, for example `READ_ONLINE`' },
      },
      {
        line: 5,
        id: 5,
        error: { message: expect.stringMatching(/^unknown action `FLY`. Use one of CREATE, /) },
      },
      {
        line: 6,
        id: 6,
        error: { message: expect.stringMatching(/^unknown resource type `View`/) },
      },
      {
        line: 7,
        id: 7,
        error: { message: '`resource.tag` (did you mean `tags`?) is not a known field' },
      },
      { line: 8, id: 8, error: { message: '`resource.tags` must be an object of strings' } },
      { line: 9, error: { message: '`id` must be a string or a number' } },
      { line: 10, error: { message: 'the request must be an object' } },
      { line: 11, error: { message: NOT_JSON } },
      { line: 12, id: 12, allowed: true, reason: 'granted', permissions: ['feature-reader'] },
    ]);
  });

  it('takes a resource as `TYPE:NAME`', async () => {
    const request = { user: READER, actions: 'READ_ONLINE' };
    const stdin = lines(
      { ...request, resource: 'feature_view:untagged_view' },
      { ...request, resource: 'FeatureView' },
      { ...request, resource: ':untagged_view' },
      { ...request, resource: 'FeatureVeiw:untagged_view' },
      { ...request, resource: 1 },
    );
    const { exitCode, answers } = await decide([stdin]);
    expect(exitCode).toBe(2);
    expect(answers).toEqual([
      { line: 1, allowed: true, reason: 'granted', permissions: ['feature-reader'] },
      { line: 2, error: { message: expect.stringMatching(/^invalid resource `FeatureView`/) } },
      { line: 3, error: { message: expect.stringContaining('write `TYPE:NAME`') } },
      { line: 4, error: { message: expect.stringContaining('did you mean `FeatureView`?') } },
      { line: 5, error: { message: '`resource` must be `TYPE:NAME` or an object' } },
    ]);
  });

  it('names every missing and every misspelt field of a line', async () => {
    const stdin = lines(
      {},
      { id: 'a', user: READER, action: 'READ', resource: 'View' },
      { id: 'b', user: { role: ['x'] }, actions: 1, resource: { name: 'x' } },
      {
        f1: 1,
        f2: 1,
        f3: 1,
        f4: 1,
        f5: 1,
        f6: 1,
        f7: 1,
        user: null,
        resource: VIEW,
        actions: [],
      },
    );
    const { answers } = await decide([stdin]);
    expect(answers).toEqual([
      {
        line: 1,
        error: { message: '`user` is missing; `actions` is missing; `resource` is missing' },
      },
      {
        line: 2,
        id: 'a',
        error: {
          message:
            '`actions` is missing; `action` (did you mean `actions`?) is not a known field; invalid resource `View`: write `TYPE:NAME`, for example `FeatureView:driver_stats`',
        },
      },
      {
        line: 3,
        id: 'b',
        error: {
          message:
            '`user.username` is missing; `resource.type` is missing; `user.role` (did you mean `roles`?) is not a known field; `actions` must be a string or an array of strings',
        },
      },
      {
        line: 4,
        error: { message: '`f1`, `f2`, `f3`, `f4`, `f5`, and 2 more are not known fields' },
      },
    ]);
  });

  it('reads lines of any cut, and bounds their length', async () => {
    const request = JSON.stringify({ id: 1, user: READER, actions: 'READ_ONLINE', resource: VIEW });
    const stdin = [
      request.slice(0, 20),
      `${request.slice(20)}\n{"id": "`,
      ...Array.from({ length: 20 }, () => 'x'.repeat(100_000)),
      `"}\n${request}`,
    ];
    const { exitCode, answers } = await decide(stdin);
    expect(exitCode).toBe(2);
    const answer = { id: 1, allowed: true, reason: 'granted', permissions: ['feature-reader'] };
    expect(answers).toEqual([
      { line: 1, ...answer },
      { line: 2, error: { message: 'the line is longer than 1048576 bytes' } },
      { line: 3, ...answer },
    ]);
  });

  it('lets no tag of a request stand against the registry', async () => {
    const pii = { username: 'eve', groups: ['pii-cleared'] };
    const asked = {
      user: pii,
      actions: 'READ_OFFLINE',
      resource: { ...VIEW, tags: { pii: 'true' } },
    };
    const unregistered = { ...asked, resource: { ...asked.resource, name: 'new_view' } };
    const { answers } = await decide([lines({ id: 1, ...asked }, { id: 2, ...unregistered })]);
    expect(answers).toMatchObject([
      { id: 1, allowed: false },
      { id: 2, allowed: true, permissions: ['pii-reader'] },
    ]);
  });

  it('follows the configuration, and warns when it enforces nothing', async () => {
    const stdin = [lines({ id: 1, user: null, actions: 'DELETE', resource: VIEW })];
    const { stdout, stderr } = await runCli(['decide', EXAMPLE], { stdin });
    expect(stdout).toBe('{"line":1,"id":1,"allowed":true,"reason":"no-auth","permissions":[]}\n');
    expect(stderr).toBe('feast-permissions: warning: auth is no_auth: nothing is enforced\n');
  });

  it('wants a project where there are several', async () => {
    const request = lines({ id: 1, user: READER, actions: 'READ_ONLINE', resource: VIEW });
    expect(await decide([request], EXAMPLE_REGISTRY)).toEqual({
      exitCode: 2,
      answers: [
        {
          line: 1,
          id: 1,
          error: {
            message:
              'the registry has 2 projects, such as `credit_scoring`, `fraud_detection`: name one in `resource.project` or with `--project`',
          },
        },
      ],
    });
    const { stdout } = await runCli(['decide', EXAMPLE_REGISTRY, '--project', 'credit_scoring'], {
      stdin: [request],
    });
    expect(stdout).toContain('"allowed":true');
  });

  it('writes a table', async () => {
    const stdin = [
      lines(
        { id: 1, user: READER, actions: 'READ_ONLINE', resource: VIEW },
        { id: 'a longer id\u001b', user: null, actions: 'READ', resource: VIEW },
        'x',
        { id: 3, user: null, actions: 'CREATE', resource: { type: 'SavedDataset', name: 'x' } },
      ),
    ];
    const { stdout } = await runCli(['decide', '--format', 'table', OIDC_EXAMPLE], { stdin });
    expect(stdout).toBe(`    1  1             allowed  granted: feature-reader
    2  a longer id\\u001b  refused  denied: admin-all, feature-reader
    3  -                  error    ${NOT_JSON}
    4  3                  refused  unsecured
`);
  });

  it('says on a terminal what it waits for', async () => {
    const stdin = { isTTY: true, [Symbol.asyncIterator]: async function* () {} };
    let text = '';
    const output = {
      write(more: string): boolean {
        text += more;
        return true;
      },
      once: () => undefined,
      removeListener: () => undefined,
    };
    const io = { stdin, stdout: output, stderr: output, env: {}, cwd: '/' };
    expect(await run(['decide', OIDC_EXAMPLE], io)).toBe(0);
    expect(text).toBe('reading requests, one JSON object a line\n');
  });

  it('waits for a slow reader, and stops when the reader goes away', async () => {
    let written = 0;
    let read = 0;
    let resume = (): void => {};
    const stdout = {
      destroyed: false,
      write: () => {
        written += 1;
        setTimeout(() => {
          stdout.destroyed = written === 3;
          resume();
        });
        return false;
      },
      once: (_: string, listener: () => void) => {
        resume = listener;
      },
      removeListener: () => undefined,
    };
    const stderr = { ...stdout, write: () => true };
    const request = Buffer.from(lines({ id: 1, user: null, actions: 'READ', resource: VIEW }));
    const stdin = {
      async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
        for (; read < 1000; read++) yield request;
      },
    };
    expect(await run(['decide', OIDC_EXAMPLE], { stdin, stdout, stderr, env: {}, cwd: '/' })).toBe(
      0,
    );
    expect(written).toBe(3);
    expect(read).toBeLessThan(5);
  });
});

describe('decide --compare feast', () => {
  it("adds what Feast's own servers answer where it differs, with the versions", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-compare-'));
    try {
      const file = join(folder, 'permissions.yaml');
      const tagged =
        '{ name: tagged, types: Entity, required_tags: { team: risk }, policy: { roles: [r] } }';
      writeFileSync(file, `permissions:\n  - ${tagged}\n`);
      const user = { username: 'ann', roles: ['r'] };
      const ask = (tags: object): string =>
        `${JSON.stringify({ user, actions: 'READ', resource: { type: 'Entity', name: 'a', tags } })}\n`;
      const stdin = [ask({}), ask({ team: 'risk' })];
      const { stdout } = await runCli(['decide', file, '--compare', 'feast'], { stdin });
      const [other, same] = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object);
      expect(other).toMatchObject({
        allowed: false,
        feast: { allowed: true, reason: 'granted', versions: FEAST_READING_VERSIONS },
      });
      expect(same).toMatchObject({ allowed: true });
      expect(same).not.toHaveProperty('feast');
      const table = ['decide', file, '--compare', 'feast', '--format', 'table'];
      const rows = (await runCli(table, { stdin })).stdout.split('\n');
      expect(rows[0]).toMatch(/refused .*; Feast 0\.66 and 0\.67 allow it: granted$/);
      expect(rows[1]).not.toContain('Feast');
      const plain = await runCli(['decide', file], { stdin });
      expect(plain.stdout).not.toContain('feast');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
