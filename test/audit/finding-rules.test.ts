import { describe, expect, it } from 'vitest';
import { type AuditOptions, FINDING_LEVELS, FINDING_RULES } from '../../src/audit/index.js';
import { parseFeatureStoreConfig } from '../../src/config/index.js';
import type { SnapshotOptions } from '../../src/engine/index.js';
import {
  type ExcludedPermission,
  type FeastAction,
  type FeastType,
  type FeastVocabulary,
  parseForeignPermission,
  type ResourceOf,
} from '../../src/model/index.js';
import { allowAll, groups, namespaces, permissionContext, roles } from '../../src/policy/index.js';
import { auditOf } from './audit-of.js';

const view = (name: string, tags: Record<string, string> = {}): ResourceOf<FeastVocabulary> => ({
  type: 'FeatureView',
  name,
  tags,
});
const RESOURCES = [view('sales'), view('risk', { team: 'risk' })];
const FLYING = { name: 'flying', namePatterns: 'b.*', actions: ['FLY'] };
const ADMIN = { name: 'admin', policy: roles('admin') };

/** Messages of one rule. */
async function messages(
  rule: string,
  options: Omit<SnapshotOptions, 'resources'> & Partial<Pick<SnapshotOptions, 'resources'>>,
  auditOptions?: AuditOptions,
): Promise<readonly string[]> {
  const { findings } = await auditOf({ resources: RESOURCES, ...options }, auditOptions);
  return findings.filter((finding) => finding.rule === rule).map(({ message }) => message);
}

function authOf(section: string): AuditOptions {
  const lines = section.split('\n').map((line) => `  ${line}`);
  return {
    auth: parseFeatureStoreConfig(`project: p\nregistry: r.db\nauth:\n${lines.join('\n')}`).auth,
  };
}

describe('finding rules', () => {
  it('have ids of their own, and stand from the worst to the mildest', () => {
    const ids = FINDING_RULES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const severities = FINDING_RULES.map(({ level }) => FINDING_LEVELS.indexOf(level));
    expect(severities).toEqual([...severities].sort((a, b) => a - b));
  });

  it('find nothing in a store without fault', async () => {
    const { auth } = authOf(
      'type: oidc\nauth_discovery_url: https://idp/x\nclient_id: c\naudience: a\nissuer: i',
    );
    expect(
      (await auditOf({ permissions: [ADMIN], resources: RESOURCES }, { auth })).findings,
    ).toEqual([]);
  });
});

describe('auth-disabled', () => {
  it('is found where permissions are not enforced', async () => {
    expect(
      await messages('auth-disabled', { permissions: [ADMIN] }, { auth: { type: 'no_auth' } }),
    ).toEqual([
      'auth is no_auth: every caller of a server with this configuration may do everything, despite 1 permission',
    ]);
  });

  it('is not found without permissions, nor with auth on or unknown', async () => {
    expect(
      await messages('auth-disabled', { permissions: [] }, { auth: { type: 'no_auth' } }),
    ).toEqual([]);
    expect(
      await messages('auth-disabled', { permissions: [ADMIN] }, authOf('type: kubernetes')),
    ).toEqual([]);
    expect(await messages('auth-disabled', { permissions: [ADMIN] })).toEqual([]);
  });
});

describe('OIDC settings', () => {
  const url = 'auth_discovery_url: https://idp/x\nclient_id: c';
  it.each([
    ['no-audience', `type: oidc\n${url}`, 1],
    ['no-audience', `type: oidc\n${url}\naudience: ""`, 1],
    ['no-audience', `type: oidc\n${url}\naudience: feast`, 0],
    ['no-audience', 'type: oidc\ntoken: x', 0],
    ['no-audience', 'type: kubernetes', 0],
    ['no-discovery-url', 'type: oidc', 1],
    ['no-discovery-url', `type: oidc\n${url}`, 0],
    ['no-discovery-url', 'type: kubernetes', 0],
    ['no-issuer', `type: oidc\n${url}`, 1],
    ['no-issuer', `type: oidc\n${url}\nissuer: https://idp`, 0],
    ['verify-ssl-off', `type: oidc\n${url}\nverify_ssl: false`, 1],
    ['verify-ssl-off', `type: oidc\n${url}`, 0],
    ['verify-ssl-off', 'type: kubernetes', 0],
    [
      'plain-http-discovery',
      'type: oidc\nclient_id: c\nauth_discovery_url: http://idp.example/x',
      1,
    ],
    [
      'plain-http-discovery',
      'type: oidc\nclient_id: c\nauth_discovery_url: HTTP://127.0.0.1.example/x',
      1,
    ],
    ['plain-http-discovery', `type: oidc\n${url}`, 0],
    [
      'plain-http-discovery',
      'type: oidc\nclient_id: c\nauth_discovery_url: http://localhost:8080/x',
      0,
    ],
    ['plain-http-discovery', 'type: oidc\nclient_id: c\nauth_discovery_url: http://127.0.0.1/x', 0],
    ['plain-http-discovery', 'type: oidc\nclient_id: c\nauth_discovery_url: "http://[::1]:1/x"', 0],
    ['plain-http-discovery', 'type: oidc\nclient_id: c\nauth_discovery_url: not a url', 0],
    ['plain-http-discovery', 'type: oidc\ntoken: x', 0],
  ])('%s of %j: %i', async (rule, section, expected) => {
    expect(await messages(rule, { permissions: [ADMIN] }, authOf(section))).toHaveLength(expected);
  });

  it('say nothing of what is written there', async () => {
    const auth = authOf(
      'type: oidc\nclient_id: c\nverify_ssl: no\nauth_discovery_url: http://user:hunter2@idp/x',
    );
    const { findings } = await auditOf({ permissions: [ADMIN], resources: RESOURCES }, auth);
    expect(findings.length).toBeGreaterThan(2);
    expect(JSON.stringify(findings)).not.toContain('hunter2');
  });
});

describe('no-permissions', () => {
  it('is found once for a project, in place of its unsecured resources', async () => {
    const options = {
      permissions: [{ ...ADMIN, project: 'a' }],
      projects: ['a', 'b'],
      resources: [{ ...view('x'), project: 'b' }],
    };
    expect(await messages('no-permissions', options)).toEqual([
      'project `b` has no permissions: every named user may do everything',
    ]);
    expect(await messages('unsecured-resource', options)).toEqual([]);
    expect((await auditOf(options)).unsecured).toEqual([
      { project: 'b', type: 'FeatureView', name: 'x' },
    ]);
  });

  it('is found where nothing names a project', async () => {
    expect(await messages('no-permissions', { permissions: [] })).toEqual([
      'there are no permissions: every named user may do everything',
    ]);
  });

  it('is not found where a permission is for every project, or left out', async () => {
    expect(
      await messages('no-permissions', {
        permissions: [ADMIN],
        projects: ['a', 'b'],
        defaultProject: 'a',
      }),
    ).toEqual([]);
    expect(
      await messages('no-permissions', {
        permissions: [{ ...ADMIN, project: 'a', namePatterns: '(x)\\1' }],
        defaultProject: 'a',
      }),
    ).toEqual([]);
  });
});

describe('open-write and open-read', () => {
  const open = (actions: FeastAction[]): SnapshotOptions => ({
    permissions: [ADMIN, { name: 'open', actions, policy: allowAll() }],
  });

  it('are found where everyone may', async () => {
    const options = open(['DESCRIBE', 'DELETE', 'WRITE_ONLINE', 'READ_OFFLINE']);
    expect(await messages('open-write', options)).toEqual([
      'permission `open` lets everyone, anonymous callers too, do DELETE, WRITE_ONLINE on 2 resources',
    ]);
    expect(await messages('open-read', options)).toEqual([
      'permission `open` lets everyone, anonymous callers too, do DESCRIBE, READ_OFFLINE on 2 resources',
    ]);
  });

  it('are not found for the other kind of action, nor for other policies', async () => {
    expect(await messages('open-read', open(['CREATE', 'UPDATE']))).toEqual([]);
    expect(await messages('open-write', open(['READ_ONLINE']))).toEqual([]);
    expect(await messages('open-write', { permissions: [ADMIN] })).toEqual([]);
    expect(await messages('open-read', { permissions: [ADMIN] })).toEqual([]);
  });
});

describe('unsupported-pattern and excluded-permission', () => {
  it('are found for what is left out', async () => {
    const { findings, summary, unsecured } = await auditOf({
      permissions: [
        { name: 'twice', project: 'p', namePatterns: '(a)\\1', policy: roles('x') },
        parseForeignPermission(
          { ...FLYING, project: 'p' },
          permissionContext(),
        ) as ExcludedPermission,
      ],
      resources: [{ ...view('aa'), project: 'p' }],
    });
    expect(findings.filter(({ level }) => level === 'error')).toEqual([
      {
        rule: 'unsupported-pattern',
        level: 'error',
        message: expect.stringMatching(
          /^permission `twice`: name pattern `\(a\)\\1` is unsupported: .* at position 3/,
        ),
        permission: { project: 'p', name: 'twice' },
      },
      {
        rule: 'excluded-permission',
        level: 'error',
        message: expect.stringMatching(/^permission `flying`: actions\[0\]: `FLY` is unknown/),
        permission: { project: 'p', name: 'flying' },
      },
    ]);
    // It counts as present, and secures what it could match.
    expect(summary).toMatchObject({ permissions: 2, secured: 1 });
    expect(unsecured).toEqual([]);
  });

  it('are not found for what is understood', async () => {
    const permissions = [{ ...ADMIN, namePatterns: ['(?!secret_).*', 'a(b|c)+'] }];
    expect(await messages('unsupported-pattern', { permissions })).toEqual([]);
    expect(await messages('excluded-permission', { permissions })).toEqual([]);
  });
});

describe('unsecured-resource', () => {
  it('is found for each resource that nothing covers', async () => {
    const permissions = [{ ...ADMIN, namePatterns: 'risk' }];
    const { findings } = await auditOf({ permissions, resources: RESOURCES });
    expect(findings.filter(({ rule }) => rule === 'unsecured-resource')).toEqual([
      {
        rule: 'unsecured-resource',
        level: 'warning',
        message: 'no permission covers FeatureView `sales`',
        resource: { project: null, type: 'FeatureView', name: 'sales' },
      },
    ]);
  });

  it('names the project where several are audited', async () => {
    const options = {
      permissions: [{ ...ADMIN, namePatterns: 'x' }],
      resources: [
        { ...view('a'), project: 'p' },
        { ...view('a'), project: 'q' },
      ],
    };
    expect(await messages('unsecured-resource', options)).toEqual([
      'no permission covers FeatureView `a` of project `p`',
      'no permission covers FeatureView `a` of project `q`',
    ]);
    expect(await messages('unsecured-resource', options, { project: 'q' })).toEqual([
      'no permission covers FeatureView `a`',
    ]);
  });

  it('is not found where everything is covered', async () => {
    expect(await messages('unsecured-resource', { permissions: [ADMIN] })).toEqual([]);
  });
});

describe('uncovered-actions', () => {
  it('is found once for all resources alike', async () => {
    const permissions = [
      {
        name: 'read',
        types: 'FeatureView' as FeastType,
        actions: ['READ' as const],
        policy: roles('a'),
      },
      {
        name: 'describe',
        namePatterns: 'risk',
        actions: ['DESCRIBE' as const],
        policy: roles('a'),
      },
    ];
    const resources = [...'abcdefg'].map((name) => view(name));
    expect(
      await messages('uncovered-actions', { permissions, resources: [...resources, view('risk')] }),
    ).toEqual([
      'no permission holds CREATE, DESCRIBE, UPDATE, DELETE, WRITE_ONLINE, WRITE_OFFLINE on 7 resources of type FeatureView: `a`, `b`, `c`, `d`, `e` and 2 more',
      'no permission holds CREATE, UPDATE, DELETE, WRITE_ONLINE, WRITE_OFFLINE on FeatureView `risk`',
    ]);
  });

  it('is not found where a permission holds all actions, nor for unsecured resources', async () => {
    expect(await messages('uncovered-actions', { permissions: [ADMIN] })).toEqual([]);
    const permissions = [{ ...ADMIN, namePatterns: 'risk' }];
    expect(await messages('uncovered-actions', { permissions })).toEqual([]);
    const { uncoveredActions, summary } = await auditOf({ permissions, resources: RESOURCES });
    expect(uncoveredActions.map(({ name, actions }) => [name, actions.length])).toEqual([
      ['sales', 8],
    ]);
    expect(summary).toMatchObject({ secured: 1, unsecured: 1, partiallySecured: 0 });
  });
});

describe('unsatisfiable and empty-policy', () => {
  const NOBODY = { name: 'nobody', actions: ['DELETE' as const], policy: roles() };

  it('are found where every user fails', async () => {
    const permissions = [
      { name: 'reader', actions: ['READ' as const], policy: roles('a') },
      NOBODY,
    ];
    expect(await messages('unsatisfiable', { permissions })).toEqual([
      'the policies for DELETE match no user on 2 resources of type FeatureView: `risk`, `sales`',
    ]);
    expect(await messages('empty-policy', { permissions })).toEqual([
      'permission `nobody` requires a role from an empty list',
    ]);
  });

  it('are not found where another permission lets someone pass', async () => {
    expect(await messages('unsatisfiable', { permissions: [ADMIN, NOBODY] })).toEqual([]);
    expect(await messages('empty-policy', { permissions: [ADMIN] })).toEqual([]);
  });
});

describe('matches-nothing', () => {
  it('is found for a permission without resources', async () => {
    const permissions = [
      ADMIN,
      {
        name: 'lost',
        types: 'Entity' as FeastType,
        namePatterns: ['old_.*', { glob: 'x*' }],
        requiredTags: { a: 'b' },
        policy: roles('r'),
      },
      { name: 'none', types: 'Entity' as FeastType, policy: roles('r') },
    ];
    expect(await messages('matches-nothing', { permissions })).toEqual([
      'permission `lost` covers no resource: Entity named `old_.*`, `glob:x*` with the tags `a: b`',
      'permission `none` covers no resource: Entity',
    ]);
  });

  it('says what to write for a glob that stands where a regular expression does', async () => {
    const namePatterns = ['tide_*', 'old_.*', 'v1.2_*', { glob: 'x*' }];
    const permissions = [ADMIN, { name: 'lost', namePatterns, policy: roles('r') }];
    expect(await messages('matches-nothing', { permissions })).toEqual([
      'permission `lost` covers no resource: resources named `tide_*`, `old_.*`, `v1.2_*`, `glob:x*`; name patterns are regular expressions, did you mean `tide_.*`, `v1\\.2_.*`?',
    ]);
  });

  it('is not found where one resource is left', async () => {
    expect(
      await messages('matches-nothing', {
        permissions: [{ ...ADMIN, requiredTags: { team: 'risk' } }],
      }),
    ).toEqual([]);
  });

  it('is not found where no resource is registered, as of a permission file', async () => {
    const permissions = [{ name: 'lost', namePatterns: 'old_.*', policy: roles('r') }];
    expect(await messages('matches-nothing', { permissions, resources: [] })).toEqual([]);
  });
});

describe('duplicate-permission', () => {
  it('is found however it is written', async () => {
    const first = {
      name: 'one',
      types: ['Entity', 'FeatureView'] as FeastType[],
      actions: ['READ' as const],
      namePatterns: ['a', 'b'],
      requiredTags: { x: '1', y: '2' },
      policy: roles('r', 's'),
    };
    const second = {
      name: 'two',
      types: ['feature_view', 'Entity', 'StreamFeatureView'] as never,
      actions: ['READ_OFFLINE', 'READ_ONLINE'] as FeastAction[],
      namePatterns: ['b', 'a', 'b'],
      requiredTags: { y: '2', x: '1' },
      policy: roles('s', 'r', 's'),
    };
    expect(await messages('duplicate-permission', { permissions: [first, second] })).toEqual([
      'permission `two` says the same as `one`',
    ]);
  });

  it.each([
    { types: 'Entity' as FeastType },
    { actions: ['READ' as const] },
    { namePatterns: 'a' },
    { requiredTags: { a: 'b' } },
    { policy: roles('other') },
    { policy: groups('admin') },
    { policy: namespaces('admin') },
    { project: 'other' },
  ])('is not found where %j is different', async (different) => {
    const permissions = [
      { ...ADMIN, project: 'p' },
      { ...ADMIN, project: 'p', name: 'two', ...different },
    ];
    expect(await messages('duplicate-permission', { permissions, resources: [] })).toEqual([]);
  });
});

describe('tags-ignored-by-feast', () => {
  const tagged = { name: 'tagged', requiredTags: { team: 'risk' }, policy: roles('r') };
  const ignored = async (
    ...permissions: SnapshotOptions['permissions']
  ): Promise<readonly string[]> => {
    const { findings } = await auditOf({ permissions, resources: RESOURCES });
    return findings
      .filter(({ rule }) => rule === 'tags-ignored-by-feast')
      .map(({ level, message }) => `${level}: ${message}`);
  };

  it('is a warning where the permission reads', async () => {
    const reader = { ...tagged, actions: ['DESCRIBE', 'READ'] as FeastAction[] };
    expect(await ignored(ADMIN, reader)).toEqual([
      'warning: permission `tagged` requires `team: risk`; Feast itself applies it to resources without this tag too',
    ]);
  });

  it.each(['CREATE', 'UPDATE', 'DELETE', 'WRITE_ONLINE', 'WRITE_OFFLINE'] as const)(
    'is an error where the permission holds %s',
    async (action) => {
      const writer = {
        ...tagged,
        requiredTags: { team: 'risk', tier: '1' },
        actions: ['DESCRIBE', action] as FeastAction[],
      };
      expect(await ignored(writer)).toEqual([
        `error: permission \`tagged\` requires \`team: risk\`, \`tier: 1\`; Feast itself applies it to resources without these tags too, and so grants ${action} on them`,
      ]);
    },
  );

  it('stands among the findings of its level', async () => {
    const reader = { ...tagged, name: 'reader', actions: ['READ' as const] };
    const { findings } = await auditOf({
      permissions: [reader, tagged, { ...ADMIN, types: 'Entity' }],
      resources: RESOURCES,
    });
    const levels = findings.map(({ level }) => FINDING_LEVELS.indexOf(level));
    expect(levels).toEqual([...levels].sort((a, b) => a - b));
    expect(findings[0]).toMatchObject({ level: 'error', permission: { name: 'tagged' } });
    expect(findings.slice(1)).toContainEqual(
      expect.objectContaining({ level: 'warning', permission: { project: null, name: 'reader' } }),
    );
  });

  it('says what Feast compares with on permissions', async () => {
    const keeper = { ...tagged, types: 'Permission' as const, actions: ['DESCRIBE' as const] };
    expect(await ignored(keeper)).toEqual([
      'warning: permission `tagged` requires `team: risk`; Feast itself compares it with the required tags of permissions, and applies it to those without any too',
    ]);
  });

  it('is not found where every user fails the policy', async () => {
    expect(await ignored({ ...tagged, policy: roles() })).toEqual([]);
  });
});

describe('unreadable-by-feast', () => {
  it('is found for the allow-all policy, and for none other', async () => {
    const permissions = [
      { name: 'open', project: 'p', actions: ['DESCRIBE' as const], policy: allowAll() },
      { name: 'default', project: 'q', types: 'Entity' as const },
      { ...ADMIN, project: 'p' },
    ];
    expect(await messages('unreadable-by-feast', { permissions, resources: [] })).toEqual([
      'permission `open` of project `p` has the allow-all policy: Feast fails whenever it reads the permissions of the project',
      'permission `default` of project `q` has the allow-all policy: Feast fails whenever it reads the permissions of the project',
    ]);
  });
});
