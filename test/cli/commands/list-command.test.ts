import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listPermissions } from '../../../src/cli/list-permissions.js';
import { permissionFilter } from '../../../src/cli/permission-filters.js';
import { permissionTables } from '../../../src/cli/permission-tables.js';
import { displayWidth } from '../../../src/foundation/terminal/terminal-text.js';
import { plainStyle } from '../../../src/foundation/terminal/text-style.js';
import {
  type ExcludedPermission,
  feastVocabulary,
  parseForeignPermission,
} from '../../../src/model/index.js';
import { allowAll, permissionContext, roles } from '../../../src/policy/index.js';
import { snapshotOf } from '../../audit/audit-of.js';
import { EXAMPLE, runCli } from '../run-cli.js';

const PLAIN = { style: plainStyle, width: undefined };

interface ListJson {
  readonly project: string | null;
  readonly permissions: readonly {
    readonly project: string;
    readonly name: string;
    readonly policy: { readonly type: string };
    readonly resources?: readonly { readonly type: string; readonly name: string }[];
  }[];
}

describe('list', () => {
  it('has every permission that Feast lists, in its order', async () => {
    const { exitCode, stdout, stderr } = await runCli([
      'list',
      EXAMPLE,
      '--project',
      'credit_scoring',
      '--format',
      'json',
    ]);
    const { permissions } = JSON.parse(stdout) as ListJson;
    const url = new URL(
      '../../conformance/registries/credit_scoring/cli/list.txt',
      import.meta.url,
    );
    const recorded = readFileSync(url, 'utf8')
      .split('\n')
      .filter((line) => /^[^\s$[]/.test(line));
    expect(permissions.map(({ name }) => name)).toEqual(
      recorded.slice(1).map((line) => line.split(/\s{2,}/)[0]),
    );
    expect([exitCode, stderr]).toEqual([0, '']);
  });

  it('shows all kinds of policies, unlike Feast', async () => {
    const { stdout } = await runCli(['list', EXAMPLE]);
    for (const text of [
      'the namespace "risk-ns"',
      'one of the groups "feast-users", "data-scientists"',
      'the role "streamer"',
    ]) {
      expect(stdout).toContain(text);
    }
  });

  it('of one project, with the resources', async () => {
    const { stdout } = await runCli(['list', '-v', EXAMPLE, '--project', 'fraud_detection']);
    expect(
      stdout,
    ).toBe(`NAME          TYPES               NAME PATTERNS  REQUIRED TAGS  ACTIONS      REQUIRES
admin-all     ALL_RESOURCE_TYPES  -              -              ALL_ACTIONS  the role "fraud-admin"
fraud-reader  FeatureView         -              -              DESCRIBE     the group "fraud-squad"
              FeatureService                                    READ

PERMISSION    TYPE            RESOURCES
admin-all     Entity          account
              FeatureView     account_risky_scores
              FeatureService  fraud_service
              DataSource      fraud_source
              Permission      admin-all, fraud-reader
              Project         fraud_detection
fraud-reader  FeatureView     account_risky_scores
              FeatureService  fraud_service
`);
  });

  it('has the resources in its JSON when they are asked for', async () => {
    const { stdout } = await runCli(['list', '--verbose', '--format=json', EXAMPLE]);
    const { project, permissions } = JSON.parse(stdout) as ListJson;
    expect(project).toBeNull();
    expect(permissions).toHaveLength(18);
    const stream = permissions.find(({ name }) => name === 'stream-only');
    expect(stream?.resources).toEqual([
      { project: 'credit_scoring', type: 'StreamFeatureView', name: 'transaction_stream_agg' },
    ]);
  });

  it('names the project where there are several', async () => {
    const { stdout } = await runCli(['list', '-v', EXAMPLE]);
    expect(stdout).toMatch(/^PROJECT {2,}NAME/);
    expect(stdout).toMatch(/\nPROJECT {2,}PERMISSION/);
    expect(stdout).toMatch(/\ncredit_scoring {2,}équipe-données {2,}- {2,}-\n/);
  });

  it.each([
    ['a name', ['--name', 'reader'], ['reader']],
    ['a glob', ['--name', '*-all'], ['describe-all', 'admin-all', 'admin-all']],
    ['several names', ['--name', 'reader', '--name', 'stream-only'], ['stream-only', 'reader']],
    ['a role', ['--role', 'trusted'], ['reader']],
    [
      'a role and a group',
      ['--role', 'trusted', '--group', 'fraud-squad'],
      ['reader', 'fraud-reader'],
    ],
    ['a namespace', ['--namespace', 'risk-ns'], ['risk-combined']],
    ['tags', ['--tag', 'owner:platform', '--tag', 'tier:1'], ['describe-all']],
    ['a tag and a role', ['--tag', 'owner:platform', '--role', 'trusted'], []],
    ['a name and a type', ['--name', '*reader', '--type', 'entity'], ['pii-reader']],
  ])('of %s', async (_, filter, names) => {
    const { stdout } = await runCli(['list', EXAMPLE, ...filter, '--format', 'json']);
    const { permissions } = JSON.parse(stdout) as ListJson;
    expect(permissions.map(({ name }) => name)).toEqual(names);
    if (names.length > 0) return;
    const text = await runCli(['list', EXAMPLE, ...filter]);
    expect(text).toMatchObject({
      exitCode: 0,
      stdout: '0 of 18 permissions pass the filters\n',
    });
  });

  it('of a type has the permissions on its supertypes, on all types and on sub-types', async () => {
    const listed = async (type: string): Promise<readonly string[]> => {
      const { stdout } = await runCli(['list', EXAMPLE, '--type', type, '--format', 'json']);
      return (JSON.parse(stdout) as ListJson).permissions.map(({ name }) => name);
    };
    const stream = await listed('StreamFeatureView');
    expect(stream).toContain('stream-only');
    expect(stream).toContain('reader');
    expect(stream).toContain('describe-all');
    expect(await listed('FeatureView')).toContain('stream-only');
    expect(await listed('Entity')).not.toContain('reader');
  });

  it('of a type has an excluded permission that could be for any type, and of a role has not', async () => {
    const excluded = parseForeignPermission(
      { name: 'flying', types: ['Plane'], actions: ['READ'], policy: roles('x') } as never,
      permissionContext(),
    ) as ExcludedPermission;
    const snapshot = await snapshotOf({ permissions: [excluded] });
    const listed = (option: string, value: string): number => {
      const args = { all: (name: string) => (name === option ? [value] : []) };
      const filter = permissionFilter(args, snapshot);
      return listPermissions(snapshot, false, filter).length;
    };
    expect([listed('type', 'Entity'), listed('name', 'fly*')]).toEqual([1, 1]);
    expect([listed('role', 'x'), listed('tag', 'a:b')]).toEqual([0, 0]);
  });

  it.each([
    [['--type', 'Entitee'], 'unknown resource type `Entitee`; did you mean `Entity`?'],
    [['--tag', 'owner'], 'invalid tag `owner`: write `KEY:VALUE`'],
  ])('refuses the filter %j', async (filter, message) => {
    const { exitCode, stderr } = await runCli(['list', EXAMPLE, ...filter]);
    expect([exitCode, stderr]).toEqual([2, `feast-permissions: ${message}\n`]);
  });

  it('warns on standard error, and not about auth', async () => {
    const { stderr } = await runCli(['list', EXAMPLE]);
    expect(stderr).toBe('');
  });

  it('shows what is excluded, globs, and permissions for everyone', async () => {
    const snapshot = await snapshotOf({
      permissions: [
        {
          name: 'odd',
          namePatterns: '(a)\\1',
          requiredTags: { team: 'risk' },
          policy: roles('x'),
        },
        { name: 'open', namePatterns: 'glob:x*', tags: { owner: 'ops' }, policy: allowAll() },
      ],
    });
    const [head, odd, more, open] = permissionTables(
      listPermissions(snapshot, false),
      feastVocabulary,
      PLAIN,
    );
    expect(head).toMatch(
      /^NAME {2}TYPES {2}NAME PATTERNS {2}REQUIRED TAGS {2}ACTIONS {6}REQUIRES {2,}TAGS$/,
    );
    expect(odd).toMatch(
      /^odd {3}all {4}\(a\)\\1 {10}team: risk {5}unknown {6}excluded: {2,}unknown$/,
    );
    expect(more).toContain('permission `odd`: name pattern `(a)\\1` is unsupported');
    expect(open).toMatch(
      /^open {2}all {4}glob:x\* {8}- {14}ALL_ACTIONS {2}nothing {2,}owner: ops$/,
    );
  });

  it('says what `unknown` means, and only where it stands', async () => {
    const excluded = parseForeignPermission(
      { name: 'flying', types: ['Entity'], actions: ['FLY'], policy: roles('x') } as never,
      permissionContext(),
    ) as ExcludedPermission;
    const snapshot = await snapshotOf({
      permissions: [excluded, { name: 'known', policy: roles('x') }],
    });
    const lines = permissionTables(listPermissions(snapshot, false), feastVocabulary, PLAIN);
    expect(lines[1]).toMatch(/^flying {2}Entity {2,}- {2,}- {2,}unknown {2,}excluded:/);
    expect(lines.at(-1)).toBe(
      'unknown: not understood, so the permission is excluded. It grants nothing, and secures everything that it could match.',
    );
    expect((await runCli(['list', EXAMPLE])).stdout).not.toContain('unknown');
    expect(listPermissions(snapshot, false)[0]).toMatchObject({
      types: ['Entity'],
      namePatterns: [],
      requiredTags: {},
    });
  });

  it('has a block for each permission on a narrow terminal', async () => {
    const argv = ['list', '-v', EXAMPLE, '--no-color'];
    const { stdout } = await runCli(argv, { terminal: 80 });
    expect(stdout).toContain(`
credit_scoring/fleet-ns-write
  types              FeatureView, StreamFeatureView
  name patterns      transactions?_.*, fleet_.*
  actions            WRITE
  requires           one of the namespaces "fleet", "fleet-staging"
  covers             3 resources
  FeatureView        transactions_push_view, transaction_features
  StreamFeatureView  transaction_stream_agg

`);
    expect(stdout).toContain('\n  covers         no resource\n');
    for (const line of stdout.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80);
  });

  it.each([[PLAIN], [{ ...PLAIN, width: 40 }]])('shortens long lists: %j', async (layout) => {
    const snapshot = await snapshotOf({
      permissions: [{ name: 'reader', namePatterns: 'v.*', policy: roles('x') }],
      resources: Array.from({ length: 2021 }, (_, index) => ({
        type: 'FeatureView',
        name: `v${index}`,
      })),
    });
    const listed = listPermissions(snapshot, true);
    const text = permissionTables(listed, feastVocabulary, layout).join(' ').replace(/\s+/g, ' ');
    expect(text).toContain('v18, v19 and 2,001 more');
    expect(text).not.toContain('v20');
    const all = { ...layout, all: true };
    const whole = permissionTables(listed, feastVocabulary, all).join(' ').replace(/\s+/g, ' ');
    expect(whole).toContain('v2019, v2020');
    expect(whole).not.toContain(' more');
  });
});
