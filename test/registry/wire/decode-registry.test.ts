import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ALL_ACTIONS,
  feastVocabulary,
  type Permission,
  RegistryInvalidError,
  RegistryProjectMissingError,
} from '../../../src/model/index.js';
import { pythonStrip } from '../../../src/model/python-strip.js';
import { decodeRegistry } from '../../../src/registry/index.js';
import { decodeInSteps } from '../../../src/registry/wire/decode-registry.js';
import {
  concat,
  delimited,
  permissionInit,
  type RegistryInit,
  registryBytes,
} from '../registry-bytes.js';

function problem(fields: RegistryInit): string {
  try {
    decodeRegistry(registryBytes(fields));
  } catch (error) {
    expect(error).toBeInstanceOf(RegistryInvalidError);
    return (error as Error).message;
  }
  return 'none';
}

/** Pairs in one order: an object lists keys such as `0` first. */
function entries(of: object | undefined): readonly (readonly [string, unknown])[] {
  return Object.entries(of ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}

const entity = (name: string, project = 'p') => ({ spec: { name, project } });

describe('what is read', () => {
  test('the smallest registry', () => {
    const contents = decodeRegistry(registryBytes());
    expect(contents.version).toBe('v1');
    expect(contents.lastUpdated?.toISOString()).toBe('2023-11-14T22:13:20.500Z');
    expect(contents.projects).toEqual(['p']);
    expect(contents.permissions).toEqual([]);
    expect(contents.resources.map(({ type, name }) => [type, name])).toEqual([['Project', 'p']]);
  });

  test('a large one with pauses, and the same as without', () => {
    const entities = Array.from({ length: 1000 }, (_, index) => entity(`e${index}`));
    const bytes = registryBytes({ entities });
    const steps = decodeInSteps(bytes);
    let pauses = 0;
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) pauses += 1;
    expect(pauses).toBe(3);
    const { relations: _, ...contents } = step.value;
    const { relations: __, ...atOnce } = decodeRegistry(bytes);
    expect(contents).toEqual(atOnce);
    expect(contents.resources).toHaveLength(1001);
  });

  test('tags with fields between them that are not known', () => {
    const tag = (key: string, value: string) =>
      delimited(8, concat(delimited(1, Buffer.from(key)), delimited(2, Buffer.from(value))));
    const spec = concat(
      delimited(1, [0x65]),
      tag('a', '1'),
      delimited(100, [0x70]),
      tag('b', ''),
      tag('a', '2'),
      delimited(9, [0x70]),
    );
    const bytes = concat(delimited(1, delimited(1, spec)), registryBytes());
    const [read] = decodeRegistry(bytes).resources;
    expect(read).toEqual({ type: 'Entity', name: 'e', project: 'p', tags: { a: '2', b: '' } });
  });

  test('a registry that was never dated', () => {
    const { resources, lastUpdated } = decodeRegistry(registryBytes({ lastUpdated: undefined! }));
    expect(lastUpdated).toBeUndefined();
    expect(resources).toHaveLength(1);
  });

  test('a view with a transformation is a batch feature view', () => {
    const spec = { name: 'v', project: 'p' };
    const { resources } = decodeRegistry(
      registryBytes({
        featureViews: [{ spec }, { spec: { ...spec, name: 'b', featureTransformation: {} } }],
      }),
    );
    expect(resources.map(({ type }) => type)).toEqual([
      'FeatureView',
      'BatchFeatureView',
      'Project',
    ]);
  });

  test('the placeholder entity of views without entities is left out, a view of its name is not', () => {
    const { resources } = decodeRegistry(
      registryBytes({
        entities: [entity('__dummy'), entity('user')],
        labelViews: [entity('__dummy')],
      }),
    );
    expect(resources.map(({ type, name }) => `${type}:${name}`)).toEqual([
      'Entity:user',
      'Project:p',
      'LabelView:__dummy',
    ]);
  });

  test('names and tags that are members of every object', () => {
    const tags = Object.fromEntries([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['', 'c'],
    ]);
    const { resources, permissions } = decodeRegistry(
      registryBytes({
        projects: [{ spec: { name: '__proto__', tags } }],
        entities: [{ spec: { name: 'constructor', project: '__proto__', tags } }],
        permissions: [permissionInit({ project: '__proto__', requiredTags: tags, tags })],
      }),
    );
    for (const holder of [
      ...resources.filter(({ type }) => type !== 'Permission'),
      permissions[0] as Permission,
    ]) {
      expect(Object.getPrototypeOf(holder.tags)).toBeNull();
      expect(entries(holder.tags)).toEqual(entries(tags));
    }
    const { requiredTags } = permissions[0] as Permission;
    expect(entries(requiredTags)).toEqual(entries(tags));
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  test('bytes that lie inside a larger buffer', () => {
    const bytes = registryBytes({ entities: [entity('user')] });
    const larger = Buffer.concat([Buffer.from('before'), bytes, Buffer.from('behind')]);
    expect(decodeRegistry(larger.subarray(6, 6 + bytes.length))).toEqual(decodeRegistry(bytes));
  });
});

describe('what is refused', () => {
  test.each<readonly [string, RegistryInit, RegExp]>([
    ['no schema version', { registrySchemaVersion: '' }, /no schema version: it is cut off/],
    [
      'another schema version',
      { registrySchemaVersion: '2' },
      /schema version `2`; only `1` is known/,
    ],
    ['no version', { versionId: '' }, /has no version/],
    ['an impossible time', { lastUpdated: { seconds: 2n ** 62n } }, /impossible time/],
    [
      'an object without a name',
      { entities: [entity('')] },
      /an? Entity has no name \(in `entities`, byte 0\)/,
    ],
    ['an object without anything', { labelViews: [{}] }, /LabelView has no name/],
    ['an object without a project', { entities: [entity('e', '')] }, /Entity `e` has no project/],
    [
      'an object of a project that is not listed',
      { entities: [entity('e', 'q')] },
      /Entity `e` is of project `q`/,
    ],
    [
      'a permission of a project that is not listed',
      { permissions: [permissionInit({ project: 'q' })] },
      /Permission `perm` is of project `q`/,
    ],
    [
      'a permission without a project',
      { permissions: [permissionInit({ project: '' })] },
      /Permission `perm` has no project/,
    ],
    [
      'a permission without a name',
      { permissions: [permissionInit({ name: '' })] },
      /Permission has no name/,
    ],
    [
      'an object twice',
      { entities: [entity('e'), entity('e')] },
      /Entity `e` of project `p` occurs twice/,
    ],
    [
      'a permission twice',
      { permissions: [permissionInit(), permissionInit()] },
      /Permission `perm` of project `p` occurs twice/,
    ],
    [
      'a project twice',
      { projects: [{ spec: { name: 'p' } }, { spec: { name: 'p' } }] },
      /Project `p` of project `p` occurs twice/,
    ],
  ])('%s', (_, fields, message) => {
    expect(problem(fields)).toMatch(message);
  });

  test('no project, with the causes, as an error of its own', () => {
    const decode = () => decodeRegistry(registryBytes({ projects: [] }));
    expect(decode).toThrow(RegistryProjectMissingError);
    expect(decode).toThrow(
      /^holds no project: .*`feast teardown` of one of its projects.*object store failed on a read/,
    );
    expect(problem({ projects: [], entities: [entity('e')] })).toMatch(
      /^holds objects and no project/,
    );
  });

  test('the same name in two projects, or two lists, is not a duplicate', () => {
    const projects = [{ spec: { name: 'p' } }, { spec: { name: 'q' } }];
    const spec = { name: 'e', project: 'p' };
    expect(
      problem({ projects, entities: [entity('e'), entity('e', 'q')], labelViews: [{ spec }] }),
    ).toBe('none');
  });

  test('messages are of one line, whatever the names', () => {
    expect(problem({ entities: [entity('a\nb\u001b[2J', 'x\r\ny')] })).toMatch(/^[^\p{Cc}]+$/u);
  });

  test('a value that is not bytes', () => {
    expect(() => decodeRegistry('registry' as unknown as Uint8Array)).toThrow(TypeError);
    expect(() => decodeRegistry(new Uint8Array())).toThrow(RegistryInvalidError);
  });
});

describe('a cut between two fields', () => {
  const untouched = { seconds: 5n, nanos: 1 };
  const view = (version: string, updated = untouched) => ({
    spec: { name: 'v', project: 'p', version },
    meta: { createdTimestamp: untouched, lastUpdatedTimestamp: updated },
  });
  const record = (name: string, projectId = 'p', featureViewType = 'label_view') => ({
    featureViewName: name,
    projectId,
    featureViewType,
  });

  test.each(['featureViews', 'onDemandFeatureViews', 'streamFeatureViews'])(
    'before the history shows by an untouched view in %s',
    (list) => {
      expect(problem({ [list]: [view('latest')] })).toMatch(
        /is cut off: it holds no versions of \w+View `v`/,
      );
      const history = { records: [record('v', 'p', 'feature_view')] };
      expect(problem({ [list]: [view('latest')], featureViewVersionHistory: history })).toBe(
        'none',
      );
    },
  );

  test('views of a Feast without a history, and views changed since, need none', () => {
    expect(problem({ featureViews: [view('')] })).toBe('none');
    expect(problem({ featureViews: [view('latest', { seconds: 5n, nanos: 2 })] })).toBe('none');
    expect(problem({ featureViews: [view('latest', { seconds: 6n, nanos: 1 })] })).toBe('none');
  });

  test('before a label view shows by its history', () => {
    const featureViewVersionHistory = { records: [record('l')] };
    expect(problem({ featureViewVersionHistory })).toMatch(
      /versions of LabelView `l`, but not the view/,
    );
    expect(problem({ featureViewVersionHistory, labelViews: [entity('l')] })).toBe('none');
  });

  test('a history of other views and of deleted projects is accepted', () => {
    expect(
      problem({ featureViewVersionHistory: { records: [record('v', 'p', 'feature_view')] } }),
    ).toBe('none');
    expect(problem({ featureViewVersionHistory: { records: [record('l', 'gone')] } })).toBe('none');
  });
});

describe('round trip', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('__proto__', 'constructor', 'toString', '0', 'é', '特徴'),
  );
  const name = text.filter((one) => one !== '' && one !== '__dummy');
  const tags = fc
    .array(fc.tuple(text, text), { maxLength: 4 })
    .map((entries) => Object.fromEntries(entries));
  // Feast strips required tags before it writes them.
  const paddingFree = tags.map((pairs) =>
    Object.fromEntries(Object.entries(pairs).map((pair) => pair.map(pythonStrip))),
  );
  const named = (project: fc.Arbitrary<string>) => fc.record({ name, project, tags });
  const wireTypes = (
    'FeatureView OnDemandFeatureView BatchFeatureView StreamFeatureView Entity FeatureService ' +
    'DataSource ValidationReference SavedDataset Permission Project LabelView'
  ).split(' ');
  const policy = fc.oneof(
    fc.record({
      case: fc.constant('roleBasedPolicy' as const),
      value: fc.record({ roles: fc.array(text) }),
    }),
    fc.record({
      case: fc.constant('groupBasedPolicy' as const),
      value: fc.record({ groups: fc.array(text) }),
    }),
    fc.record({
      case: fc.constant('namespaceBasedPolicy' as const),
      value: fc.record({ namespaces: fc.array(text) }),
    }),
    fc.record({
      case: fc.constant('combinedGroupNamespacePolicy' as const),
      value: fc.record({ groups: fc.array(text), namespaces: fc.array(text) }),
    }),
    fc.constant({ case: undefined }),
  );
  const policyTypes: Readonly<Record<string, string>> = {
    roleBasedPolicy: 'RoleBasedPolicy',
    groupBasedPolicy: 'GroupBasedPolicy',
    namespaceBasedPolicy: 'NamespaceBasedPolicy',
    combinedGroupNamespacePolicy: 'CombinedGroupNamespacePolicy',
  };
  const number = (below: number) => fc.integer({ min: 0, max: below - 1 });
  const registry = fc.uniqueArray(name, { minLength: 1, maxLength: 3 }).chain((projects) => {
    const objects = fc.uniqueArray(named(fc.constantFrom(...projects)), {
      maxLength: 4,
      selector: (one) => JSON.stringify([one.project, one.name]),
    });
    const permission = fc.record({
      name,
      project: fc.constantFrom(...projects),
      tags,
      requiredTags: paddingFree,
      namePatterns: fc.array(text, { maxLength: 3 }),
      types: fc.uniqueArray(number(12)),
      actions: fc.uniqueArray(number(8), { minLength: 1 }),
      policy,
    });
    return fc.record({
      projects: fc.constant(projects),
      entities: objects,
      views: objects,
      sources: objects,
      references: objects,
      permissions: fc.uniqueArray(permission, {
        maxLength: 4,
        selector: (one) => JSON.stringify([one.project, one.name]),
      }),
    });
  });

  test('random registries come back as they were written', () => {
    fc.assert(
      fc.property(registry, (written) => {
        const specs = (objects: readonly object[]) => objects.map((spec) => ({ spec }));
        const bytes = registryBytes({
          projects: specs(written.projects.map((one) => ({ name: one }))),
          entities: specs(written.entities),
          streamFeatureViews: specs(written.views),
          dataSources: [...written.sources],
          validationReferences: [...written.references],
          permissions: written.permissions.map((one) =>
            permissionInit({ ...one, policy: { policyType: one.policy } } as never),
          ),
        });
        const contents = decodeRegistry(bytes);
        expect(contents.projects).toEqual(written.projects);
        for (const [type, objects] of [
          ['Entity', written.entities],
          ['StreamFeatureView', written.views],
          ['DataSource', written.sources],
          ['ValidationReference', written.references],
        ] as const) {
          const read = contents.resources.filter((one) => one.type === type);
          expect(read.map((one) => [one.project, one.name, entries(one.tags)])).toEqual(
            objects.map((one) => [one.project, one.name, entries(one.tags)]),
          );
        }
        expect(
          (contents.permissions as readonly Permission[]).map((one) => ({
            ...one,
            tags: entries(one.tags),
            requiredTags: entries(one.requiredTags),
          })),
        ).toEqual(
          written.permissions.map((one) => ({
            ...one,
            tags: entries(one.tags),
            requiredTags: entries(one.requiredTags),
            types: one.types.map((id) => wireTypes[id]),
            actions: one.actions.map((id) => ALL_ACTIONS[id]),
            policy:
              one.policy.case === undefined
                ? { type: 'AllowAll' }
                : { type: policyTypes[one.policy.case], ...one.policy.value },
          })),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('the numbers of the wire cover the vocabulary', () => {
    expect([...wireTypes].sort()).toEqual([...feastVocabulary.types].sort());
  });
});
