import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAuthorizer } from '../../../../src/engine/index.js';
import {
  type ServicesFile,
  servicesSnapshotOptions,
} from '../../../../src/platforms/databricks/acl/index.js';
import { moduleOf } from '../../../../src/platforms/databricks/acl/terraform/provider-workspaces.js';
import { workspaceSubject } from '../../../../src/platforms/databricks/vocabulary/index.js';
import { read } from './read-fixture.js';

type Entry = readonly [group: string, level: string];

/** A resource, with the alias of its provider. */
interface Resource {
  readonly address: string;
  readonly provider?: string | undefined;
  readonly values: object;
}

const list = (address: string, entries: readonly Entry[], provider?: string): Resource => ({
  address: `${address}databricks_permissions.a`,
  provider,
  values: {
    registered_model_id: 'root',
    access_control: entries.map(([group_name, permission_level]) => ({
      group_name,
      permission_level,
    })),
  },
});
const acl = (address: string, principal: string, permission?: string, provider?: string) => ({
  address: `${address}databricks_secret_acl.a`,
  provider,
  values: { scope: 's', principal, permission },
});

const typeOf = (address: string): string => address.split('.').at(-2) ?? '';

/** What `terraform show -json` writes, which does not tell aliases. */
const shown = (...resources: readonly Resource[]): ServicesFile =>
  read({
    format_version: '1.0',
    values: {
      root_module: { resources: resources.map((one) => ({ ...one, type: typeOf(one.address) })) },
    },
  });

/** A state file, with the provider as it is written. */
const stored = (...resources: readonly Resource[]): ServicesFile =>
  read({
    version: 4,
    resources: resources.map(({ address, provider, values }, at) => ({
      type: typeOf(address),
      name: `r${at}`,
      provider,
      instances: [{ attributes: values }],
    })),
  });

const alias = (name: string): string =>
  `provider["registry.terraform.io/databricks/databricks"]${name}`;
const DEV = alias('.dev');
const PROD = alias('.prod');

const LEVELS = ['CAN_MANAGE', 'CAN_EDIT', 'CAN_READ'] as const;

/** The strongest level of each group on the registry. */
function granted(file: ServicesFile, groups: readonly string[]): Readonly<Record<string, string>> {
  const authorizer = createAuthorizer(servicesSnapshotOptions([file]));
  const root = { type: 'RegisteredModel', name: 'root' } as const;
  return Object.fromEntries(
    groups.map((group) => {
      const subject = workspaceSubject({ userName: 'ann@example.com', groups: [group] });
      return [group, LEVELS.find((level) => authorizer.can(subject, level, root)) ?? 'nothing'];
    }),
  );
}

const rivals = ({ facts }: ServicesFile): unknown =>
  facts.rivalLists.map(({ addresses, isCertain }) => [addresses.length, isCertain]);

const A: Entry = ['a', 'CAN_READ'];
const B: Entry = ['b', 'CAN_EDIT'];
const NONE = 'nothing';

describe('lists of one object in a file that does not tell workspaces', () => {
  test.each<
    readonly [
      string,
      readonly Resource[],
      Readonly<Record<string, string>>,
      readonly (readonly [number, boolean])[],
    ]
  >([
    [
      'of other modules with other principals are of several workspaces',
      [list('module.x.', [A]), list('module.y.', [B])],
      { a: 'CAN_READ', b: 'CAN_EDIT' },
      [[2, false]],
    ],
    [
      'of one module are rivals',
      [list('', [A]), list('', [B])],
      { a: NONE, b: NONE },
      [[2, false]],
    ],
    [
      'of two instances of a module are rivals: they have the same providers',
      [list('module.x["a.b"].', [A]), list('module.x["c]"].', [B])],
      { a: NONE, b: NONE },
      [[2, false]],
    ],
    [
      'with a common principal are rivals',
      [list('module.x.', [A, B]), list('module.y.', [['a', 'CAN_MANAGE']])],
      { a: 'CAN_READ', b: NONE },
      [[2, false]],
    ],
    [
      'are rivals through a third one',
      [
        list('module.x.', [A]),
        list('module.y.', [B]),
        list('module.z.', [A, B]),
        list('module.o.', [['c', 'CAN_READ']]),
      ],
      { a: NONE, b: NONE, c: 'CAN_READ' },
      [[4, false]],
    ],
    [
      'are rivals of one that is empty',
      [list('module.x.', [A]), list('module.y.', [])],
      { a: NONE },
      [[2, false]],
    ],
    [
      'are rivals of one for somebody who is not known',
      [list('module.x.', [A]), list('module.y.', [B, ['', 'CAN_READ']])],
      { a: NONE, b: NONE },
      [[2, false]],
    ],
    [
      'that are the same do no harm',
      [list('', [A, B]), list('', [B, A])],
      { a: 'CAN_READ', b: 'CAN_EDIT' },
      [],
    ],
  ])('%s', (_, resources, levels, expected) => {
    const file = shown(...resources);
    expect(granted(file, Object.keys(levels))).toEqual(levels);
    expect(rivals(file)).toEqual(expected);
  });

  test('never grant more than one list alone would', () => {
    const entry = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(...LEVELS));
    const lists = fc.array(
      fc.record({
        module: fc.constantFrom('', 'module.x.', 'module.y.', 'module.z.'),
        provider: fc.constantFrom(DEV, PROD),
        entries: fc.uniqueArray(entry, { selector: ([group]) => group, maxLength: 3 }),
      }),
      { minLength: 2, maxLength: 4 },
    );
    const groups = ['a', 'b', 'c'];
    const rank = (level = NONE): number =>
      [NONE, 'CAN_READ', 'CAN_EDIT', 'CAN_MANAGE'].indexOf(level);
    fc.assert(
      fc.property(lists, fc.constantFrom(shown, stored), (all, form) => {
        const one = granted(
          form(...all.map(({ module, entries, provider }) => list(module, entries, provider))),
          groups,
        );
        for (const group of groups) {
          const alone = all.flatMap(({ entries }) =>
            entries.filter(([name]) => name === group).map(([, level]) => rank(level)),
          );
          expect(rank(one[group])).toBeLessThanOrEqual(alone.length === 0 ? 0 : Math.min(...alone));
        }
      }),
    );
  });
});

describe('lists of one object in a file that tells workspaces', () => {
  test('are rivals in one workspace, also where they are the same', () => {
    const file = stored(list('', [A, B], DEV), list('', [A], DEV));
    expect(granted(file, ['a', 'b'])).toEqual({ a: 'CAN_READ', b: NONE });
    expect(rivals(file)).toEqual([[2, true]]);
    expect(rivals(stored(list('', [A], DEV), list('', [A], DEV)))).toEqual([[2, true]]);
  });

  test('of several workspaces do not count; a principal of both has the weaker level', () => {
    const strong: Entry = ['a', 'CAN_MANAGE'];
    const file = stored(list('', [strong, B], DEV), list('', [A], PROD));
    expect(granted(file, ['a', 'b'])).toEqual({ a: 'CAN_READ', b: 'CAN_EDIT' });
    expect(rivals(file)).toEqual([]);
    const inDoubt = stored(list('', [A], DEV), list('', [], DEV), list('', [strong], PROD));
    expect(granted(inDoubt, ['a'])).toEqual({ a: NONE });
    expect(file.facts.entries.map(({ level }) => level)).toEqual([
      'CAN_MANAGE',
      'CAN_EDIT',
      'CAN_READ',
    ]);
  });

  test.each([
    ['none', undefined],
    ['a provider of a module', `module.x.${alias('')}`],
    ['something else', 'provider.databricks.dev'],
  ])('of which one names %s, are in doubt', (_, provider) => {
    const file = stored(list('', [A], DEV), list('', [B], provider));
    expect(granted(file, ['a', 'b'])).toEqual({ a: NONE, b: NONE });
    expect(rivals(file)).toEqual([[2, false]]);
  });
});

describe('a plan', () => {
  const plan = (dev: object, prod: object, keys: readonly (string | undefined)[]): ServicesFile => {
    const [first, second] = keys;
    const x = list('module.x[0].module.in.', [A]);
    const y = list('module.y.', [B]);
    const planned = (one: Resource): object => ({ ...one, type: typeOf(one.address) });
    const own = (provider_config_key: string | undefined): object => ({
      resources: [{ address: 'databricks_permissions.a', provider_config_key }],
    });
    return read({
      format_version: '1.2',
      planned_values: { root_module: { resources: [planned(x), planned(y)] } },
      configuration: {
        provider_config: { 'databricks.dev': dev, 'databricks.prod': prod },
        root_module: {
          module_calls: {
            x: { module: { module_calls: { in: { module: own(first) } } } },
            y: { module: own(second) },
          },
        },
      },
    });
  };
  const host = (constant_value: unknown): object => ({ expressions: { host: { constant_value } } });
  const both = ['databricks.dev', 'databricks.prod'];

  test.each<readonly [string, ServicesFile, readonly (readonly [number, boolean])[]]>([
    ['tells workspaces by the provider', plan({}, {}, both), []],
    [
      'tells one workspace by one host',
      plan(host('https://One.example.com/'), host('one.example.com'), both),
      [[2, true]],
    ],
    [
      'tells two by two hosts',
      plan(host('https://one.example.com'), host('two.example.com'), both),
      [],
    ],
    ['does not trip over other expressions', plan({ expressions: [] }, host(7), both), []],
    [
      'is in doubt about providers of modules',
      plan({}, {}, ['x:databricks', 'y:databricks']),
      [[2, false]],
    ],
    ['is in doubt about no provider', plan({}, {}, [undefined, 'databricks']), [[2, false]]],
  ])('%s', (_, file, expected) => {
    expect(rivals(file)).toEqual(expected);
  });
});

describe('ACLs of scopes of one name', () => {
  const repeated = ({ facts }: ServicesFile): unknown =>
    facts.repeated.map(({ levels, kept, isCertain }) => [levels, kept, isCertain]);
  const levels = ({ facts }: ServicesFile): readonly string[] =>
    facts.entries.map(({ level }) => level);

  test('of one workspace are told, and the weakest is left', () => {
    const file = stored(acl('', 'ml', 'WRITE', DEV), acl('', 'ml', 'READ', DEV));
    expect(repeated(file)).toEqual([[['WRITE', 'READ'], 'READ', true]]);
    expect(levels(file)).toEqual(['READ']);
  });

  test('of several are all facts, and grant the weakest', () => {
    const file = stored(acl('', 'users', 'MANAGE', DEV), acl('', 'users', 'READ', PROD));
    expect(repeated(file)).toEqual([]);
    expect(levels(file)).toEqual(['MANAGE', 'READ']);
    const authorizer = createAuthorizer(servicesSnapshotOptions([file]));
    const ann = workspaceSubject({ userName: 'ann@example.com' });
    const scope = { type: 'SecretScope', name: 's' } as const;
    expect(authorizer.can(ann, 'READ', scope)).toBe(true);
    expect(authorizer.can(ann, 'MANAGE', scope)).toBe(false);
  });

  test('in a file that does not tell are in doubt where they differ', () => {
    const x = acl('module.x.', 'ml', 'READ');
    expect(repeated(shown(x, acl('module.y.', 'ml', 'WRITE')))).toEqual([
      [['READ', 'WRITE'], 'READ', false],
    ]);
    const same = shown(x, acl('module.y.', 'ml', 'READ'));
    expect(repeated(same)).toEqual([]);
    expect(levels(same)).toEqual(['READ', 'READ']);
  });

  test('open no online store where one of them is not understood', () => {
    const acls = [acl('', 'users', 'READ', DEV), acl('', 'users', undefined, PROD)];
    const ann = workspaceSubject({ userName: 'ann@example.com' });
    const may = (file: ServicesFile): boolean =>
      createAuthorizer(
        servicesSnapshotOptions([file, read({ name: 'store', read_secret_prefix: 's/p' })]),
      ).can(ann, 'LOOKUP', { type: 'OnlineStore', name: 'store' });
    expect(may(stored(...acls.slice(0, 1)))).toBe(true);
    expect(may(stored(...acls))).toBe(false);
  });

  test('keep who manages a scope from its beginning to their workspace', () => {
    const scope = (provider: string): Resource => ({
      address: 'databricks_secret_scope.s',
      provider,
      values: { name: 's', initial_manage_principal: 'users' },
    });
    expect(levels(stored(scope(DEV), acl('', 'users', 'READ', PROD)))).toEqual(['MANAGE', 'READ']);
    expect(levels(stored(scope(DEV), acl('', 'users', 'READ', DEV)))).toEqual(['READ']);
    expect(levels(stored(scope(DEV), acl('', 'users', 'READ')))).toEqual(['READ']);
  });
});

test.each([
  ['databricks_token.a', ''],
  ['databricks_token.a["module.b."]', ''],
  ['module.a.databricks_token.a', 'module.a.'],
  ['module.a[0].module.b["x\\"].module.c."].data.external.t[0]', 'module.a.module.b.'],
  ['module.a["', 'module.'],
  ['', ''],
])('the module of %s is %s', (address, expected) => {
  expect(moduleOf(address)).toBe(expected === 'module.' ? '' : expected);
});
