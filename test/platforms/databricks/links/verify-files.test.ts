import { describe, expect, test } from 'vitest';
import { readServicesFile } from '../../../../src/platforms/databricks/acl/index.js';
import {
  type LinkFilesRules,
  type LinkFinding,
  type LinkStateFile,
  readLinkState,
  verifyLinkFiles,
} from '../../../../src/platforms/databricks/links/index.js';
import {
  MADE_AT,
  moduleResources,
  PROD,
  REMOTES,
  STAGING,
  type StateResource,
  shownState,
  stateFile,
  withValues,
  workspaceOf,
} from './module-state.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const GROUP = 'mlops-service-principals';
const RULES: LinkFilesRules = {
  applicationIds: { staging: STAGING, prod: PROD },
  compatibility: 'terraform-module',
  remotes: REMOTES,
  now: () => MADE_AT + DAY_MS,
};
const MODULE = moduleResources();

function read(value: unknown, rules: LinkFilesRules = RULES): LinkStateFile {
  return readLinkState(value, { name: 'state.json', onSecret: () => {}, rules });
}

function verify(
  resources: readonly StateResource[],
  rules: LinkFilesRules = RULES,
): readonly LinkFinding[] {
  const findings = verifyLinkFiles(rules, [read(shownState(resources), rules)]);
  for (const { values } of resources) {
    for (const name of ['string_value', 'token_value']) {
      const value = values[name];
      if (typeof value === 'string') expect(JSON.stringify(findings)).not.toContain(value);
    }
  }
  return findings;
}

const rulesOf = (findings: readonly LinkFinding[]) =>
  findings.map(({ rule, workspace }) => `${rule} ${workspace}`);
const without = (...parts: readonly string[]) =>
  MODULE.filter(({ address }) => !parts.some((part) => address.includes(part)));

describe('the state of the module holds all links', () => {
  test('as it is shown', () => {
    expect(verify(MODULE)).toEqual([]);
  });

  test('as it lies in a backend', () => {
    expect(verifyLinkFiles(RULES, [read(stateFile(MODULE))])).toEqual([]);
  });

  test('as it lies in a backend, with its workspaces', () => {
    expect(verifyLinkFiles(RULES, [read(stateFile(MODULE, workspaceOf))])).toEqual([]);
  });

  test('in several files', () => {
    const halves = [MODULE.slice(0, 13), MODULE.slice(13)].map((half) => read(shownState(half)));
    expect(verifyLinkFiles(RULES, halves)).toEqual([]);
  });

  test('where the group of the service principals may read the scopes, too', () => {
    const acls = withValues(MODULE, 'databricks_secret_acl', () => ({ principal: GROUP }));
    const both = [...MODULE, ...acls.filter(({ type }) => type === 'databricks_secret_acl')];
    expect(verify(both)).toEqual([]);
  });
});

describe('misses', () => {
  const needed = MODULE.filter(
    ({ type, address }) =>
      type !== 'external' &&
      type !== 'databricks_secret_scope' &&
      // Registry levels for production stand there twice, and once is enough.
      address !==
        'module.remote_model_registry_staging_to_prod.databricks_permissions.remote_model_registry_permissions' &&
      address !==
        'module.remote_model_registry_dev_to_prod.databricks_permissions.remote_model_registry_permissions',
  );

  test.each(needed.map(({ address }) => address))('%s', (address) => {
    const findings = verify(MODULE.filter((one) => one.address !== address));
    expect(findings).not.toEqual([]);
    expect(findings.every(({ rule }) => rule === 'change-missing')).toBe(true);
  });

  test.each<[string, readonly StateResource[], readonly string[]]>([
    [
      'both service principals and their memberships',
      without('databricks_service_principal', 'databricks_group_member'),
      ['staging', 'staging', 'prod', 'prod'],
    ],
    ['both memberships', without('databricks_group_member'), ['staging', 'prod']],
    [
      'memberships in another group',
      withValues(MODULE, 'databricks_group_member', () => ({ group_id: '77' })),
      ['staging', 'prod'],
    ],
    [
      'all access to the registry of production',
      without('dev_to_prod.databricks_permissions', 'staging_to_prod.databricks_permissions'),
      ['prod'],
    ],
    ['one list of who may use tokens', without('staging_token_usage'), ['prod']],
    [
      'a list of readers of one scope',
      without('staging_to_prod.databricks_secret_acl'),
      ['staging'],
    ],
  ])('%s', (_, resources, workspaces) => {
    expect(rulesOf(verify(resources))).toEqual(workspaces.map((name) => `change-missing ${name}`));
  });

  test('two lists of readers of one scope, where both are of one workspace', () => {
    const aliasOf = (one: StateResource) =>
      one.type === 'databricks_secret_acl' ? 'dev' : workspaceOf(one);
    const acls = withValues(MODULE, 'databricks_secret_acl', ({ permission }, address) => ({
      permission: address.includes('staging_to_prod') ? 'MANAGE' : permission,
    }));
    expect(rulesOf(verifyLinkFiles(RULES, [read(stateFile(acls, aliasOf))]))).toEqual([
      'change-missing staging',
      'scope-level-stronger staging',
    ]);
  });

  test('a group that may not use tokens', () => {
    const rules: LinkFilesRules = { ...RULES, additionalTokenUsageGroups: ['ml-platform'] };
    expect(verify(MODULE, rules).map(({ message }) => message)).toEqual([
      'let group `ml-platform` have tokens (CAN_USE)',
      'let group `ml-platform` have tokens (CAN_USE)',
    ]);
  });

  test('everything in nothing', () => {
    expect(verifyLinkFiles(RULES, [])).toHaveLength(4 + 2 + 9 + 3 + 2 + 2 + 2);
  });
});

describe('hosts and numbers of workspaces are compared', () => {
  const set = (part: string, value: unknown) =>
    withValues(MODULE, 'databricks_secret', ({ key, string_value }) => ({
      string_value: String(key).endsWith(part) ? value : string_value,
    }));

  test.each<[string, string, unknown]>([
    ['another host', 'host', 'https://adb-9.azuredatabricks.net'],
    ['the host of the other workspace', '-host', REMOTES.prod.host],
    ['a host with a password', 'host', 'https://a:b@adb-2.azuredatabricks.net'],
    ['no host', 'host', 'not a host'],
    ['no text', 'host', null],
    ['another number', 'workspace-id', '666'],
    ['the number with something after it', 'workspace-id', '20020'],
  ])('%s', (_, part, value) => {
    const findings = verify(set(part, value));
    const right = value === REMOTES.prod.host ? 1 : 3;
    expect(findings).toHaveLength(right);
    for (const { rule, message } of findings) {
      expect(rule).toBe('change-missing');
      expect(message).toMatch(
        part === 'workspace-id' ? /put secret `\w+-workspace-id`/ : /put secret `\w+-host`/,
      );
      expect(message).not.toContain(String(value));
    }
  });

  test('as clients read them', () => {
    const plain = withValues(MODULE, 'databricks_secret', ({ string_value }) => ({
      string_value: String(string_value).replace(/^https:\/\/(.*)$/, '$1'),
    }));
    expect(verify(plain)).toEqual([]);
  });

  test('and are not kept', () => {
    const file = read(shownState(MODULE));
    const kept = JSON.stringify(file);
    for (const { host, workspaceId } of Object.values(REMOTES)) {
      expect(kept).not.toContain(host);
      expect(kept).not.toContain(workspaceId);
    }
    expect(file.confirmedSecrets).toHaveLength(6);
  });

  test('only where it is known what they should be', () => {
    const { remotes: _, ...rules } = RULES;
    expect(verify(set('host', 'https://adb-9.azuredatabricks.net'), rules)).toEqual([]);
  });

  test('are wrong in a file that was never compared', () => {
    const file = readServicesFile(shownState(MODULE), { name: 'state', onSecret: () => {} });
    const wrapped = read({ path: '/api/2.0/secrets/list?scope=remote-mr-prod', body: {} });
    expect(wrapped.confirmedSecrets).toEqual([]);
    expect(verifyLinkFiles(RULES, [file, wrapped])).toHaveLength(6);
  });
});

describe('what is stronger than it need be', () => {
  const managing = withValues(
    withValues(MODULE, 'databricks_secret_acl', () => ({ permission: 'MANAGE' })),
    'databricks_permissions',
    ({ access_control: list }) => ({
      access_control: (list as readonly object[]).map((entry) =>
        'group_name' in entry && entry.group_name === ''
          ? { ...entry, permission_level: 'CAN_MANAGE' }
          : entry,
      ),
    }),
  );

  test('levels of the registry and of the scopes', () => {
    const findings = verify(managing);
    expect(new Set(rulesOf(findings))).toEqual(
      new Set([
        'registry-level-stronger staging',
        'registry-level-stronger prod',
        'scope-level-stronger dev',
        'scope-level-stronger staging',
      ]),
    );
    expect(findings.filter(({ rule }) => rule === 'scope-level-stronger')).toHaveLength(3);
  });

  test('the level of one scope among two of one name', () => {
    const one = withValues(MODULE, 'databricks_secret_acl', ({ permission }, address) => ({
      permission: address.includes('staging_to_prod') ? 'MANAGE' : permission,
    }));
    expect(verify(one)).toMatchObject([{ rule: 'scope-level-stronger' }]);
  });

  test('a level that is not known', () => {
    const odd = withValues(MODULE, 'databricks_permissions', ({ registered_model_id: id }) =>
      id === ''
        ? {}
        : { access_control: [{ service_principal_name: PROD, permission_level: 'CAN_DANCE' }] },
    );
    const findings = rulesOf(verify(odd));
    expect(findings).toContain('registry-level-unknown prod');
    expect(findings).toContain('change-missing prod');
  });

  test('scopes that are open to everyone, without the compatibility', () => {
    const { compatibility: _, ...rules } = RULES;
    const acls = withValues(MODULE, 'databricks_secret_acl', () => ({ principal: GROUP }));
    const groups = MODULE.filter(({ type }) => type === 'databricks_group');
    const closed = withValues(
      [...acls, ...groups.slice(0, 1)],
      'databricks_service_principal',
      () => ({
        allow_cluster_create: false,
      }),
    );
    expect(verify(closed, rules)).toEqual([]);
    const missing = ['dev', 'dev', 'staging'].map((name) => `change-missing ${name}`);
    const open = verify(MODULE, rules);
    expect(rulesOf(open).filter((one) => one.startsWith('scope-open'))).toEqual([
      'scope-open-to-everyone dev',
      'scope-open-to-everyone dev',
      'scope-open-to-everyone staging',
    ]);
    expect(rulesOf(open).filter((one) => one.startsWith('change-missing'))).toEqual([
      ...missing,
      'change-missing dev',
    ]);
    expect(rulesOf(verify(managing, rules))).toContain('scope-open-to-everyone staging');
  });
});

describe('tokens', () => {
  const at = (days: number): LinkFilesRules => ({ ...RULES, now: () => MADE_AT + days * DAY_MS });

  test.each<[number, readonly string[]]>([
    [85, []],
    [87, ['token-ends-soon staging', 'token-ends-soon prod']],
    [100, ['change-missing staging', 'change-missing prod']],
    [900, ['change-missing staging', 'change-missing prod']],
  ])('%d days after they were made', (days, findings) => {
    expect(rulesOf(verify(MODULE, at(days)))).toEqual(findings);
  });

  test('say when they end', () => {
    expect(verify(MODULE, at(87))[0]?.message).toContain('2026-04-11T00:00:00.000Z');
    expect(verify(MODULE, { ...at(87), renewWithinSeconds: 3600 })).toEqual([]);
  });

  test.each<[string, StateResource['values'], string]>([
    ['without an end', { expiry_time: -1 }, 'token-ends-soon prod'],
    ['whose end is not said', { expiry_time: null }, 'token-ends-soon prod'],
    ['that live too long', { lifetime_seconds: 8_640_001 }, 'change-missing prod'],
    ['without a life', { lifetime_seconds: null, expiry_time: -1 }, 'change-missing prod'],
  ])('%s', (_, change, finding) => {
    const changed = withValues(MODULE, 'databricks_token', (values, address) =>
      address.includes('prod') ? change : values,
    );
    expect(rulesOf(verify(changed))).toEqual([finding]);
  });

  test('of another link do not stand for one that is missing', () => {
    const twice = MODULE.map((one) =>
      one.address === 'databricks_token.prod_sp_token'
        ? { ...one, values: { ...one.values, token_value: 'dapi-value-of-staging' } }
        : one,
    );
    expect(rulesOf(verify(twice))).toEqual(['change-missing prod']);
  });
});

test('one service principal for both needs access to both', () => {
  const rules: LinkFilesRules = { ...RULES, applicationIds: { staging: PROD, prod: PROD } };
  const alone = without('link_staging_sp', 'dev_to_staging.databricks_permissions');
  expect(rulesOf(verify(alone, rules))).toEqual(['change-missing prod', 'change-missing prod']);
  const both = withValues(MODULE, 'databricks_service_principal', () => ({ application_id: PROD }));
  expect(verify(both, rules)).toEqual([]);
});

describe('refuses', () => {
  test.each<[string, Partial<LinkFilesRules>, object]>([
    ['no id', { applicationIds: { staging: STAGING, prod: 'reader' } }, { name: 'TypeError' }],
    ['no time', { renewWithinSeconds: 0 }, { name: 'TypeError' }],
    [
      'no number',
      { remotes: { ...REMOTES, prod: { ...REMOTES.prod, workspaceId: 'x' } } },
      { name: 'TypeError' },
    ],
    [
      'no host',
      { remotes: { ...REMOTES, prod: { ...REMOTES.prod, host: 'http://a.example' } } },
      { code: 'ERR_CONFIG_INVALID' },
    ],
  ])('%s', (_, change, error) => {
    const rules = { ...RULES, ...change };
    expect(() => verifyLinkFiles(rules, [])).toThrow(expect.objectContaining(error));
    expect(() => read({}, rules)).toThrow(expect.objectContaining(error));
  });
});
