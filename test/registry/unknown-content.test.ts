import { create, toBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { createAuthorizer } from '../../src/engine/index.js';
import { ALL_ACTIONS, type Subject } from '../../src/model/index.js';
import { PermissionSpecSchema } from '../../src/registry/gen/registry_pb.js';
import { decodeRegistry, type RegistryContents } from '../../src/registry/index.js';
import { auditOf } from '../audit/audit-of.js';
import { concat, delimited, permissionInit, registryBytes, varint } from './registry-bytes.js';

const P = [0x70];
const UNKNOWN = delimited(200, [0x61]);
const HEADER = registryBytes({ projects: [] });

/** An element of a list of the registry, by number of the list. */
type Element = readonly [list: number, bytes: Uint8Array];

const element = (list: number, object: Uint8Array): Element => [list, delimited(list, object)];

/** A registry of project `p` with these elements, in the order of their lists. */
function decode(...elements: readonly Element[]): RegistryContents {
  const project = element(17, delimited(1, delimited(1, P)));
  const header: Element = [3, HEADER];
  const all = [...elements, header, project].sort(([a], [b]) => a - b);
  return decodeRegistry(concat(...all.map(([, bytes]) => bytes)));
}

function permission(
  spec: Parameters<typeof permissionInit>[0],
  ...rest: readonly Uint8Array[]
): Element {
  const init = permissionInit(spec).spec!;
  const encoded = toBinary(PermissionSpecSchema, create(PermissionSpecSchema, init));
  return element(16, delimited(1, concat(encoded, ...rest)));
}

/** The name `o` and the project, by numbers of their fields. */
const named = (name: number, project: number) =>
  concat(delimited(name, [0x6f]), delimited(project, P));

const authorizerOf = ({ permissions, resources, projects }: RegistryContents) =>
  createAuthorizer({ permissions, resources, projects, onUnsupportedPattern: 'exclude' });

const SUBJECTS: readonly Subject[] = [
  { username: 'ann', roles: ['admin'] },
  { username: 'bob', roles: ['reader'], groups: ['g'], namespaces: ['n'] },
  { username: 'eve' },
];

/** Every question about a registered object that is answered with yes. */
function allowedIn(contents: RegistryContents): readonly string[] {
  const authorizer = authorizerOf(contents);
  return contents.resources
    .filter(({ type }) => type !== 'Permission')
    .flatMap((resource) =>
      SUBJECTS.flatMap((subject) =>
        ALL_ACTIONS.filter((action) => authorizer.can(subject, action, resource)).map(
          (action) => `${subject.username} ${action} ${resource.type}:${resource.name}`,
        ),
      ),
    );
}

describe('a registry with content that is not known', () => {
  test('a field of the registry is refused by its number: it may hold what denies', () => {
    for (const number of [9, 20, 200]) {
      expect(() => decode(element(number, new Uint8Array()))).toThrow(
        `field ${number} is unknown: a newer Feast wrote it, or it is damaged`,
      );
    }
  });

  const unknownField = (where: string, objects = '`o`'): string =>
    `${where} has a field 200 that this version does not know, in ${objects}: a newer Feast wrote it, and decisions ignore it`;

  const LISTS: readonly (readonly [type: string, field: number, spec: Uint8Array])[] = [
    ['Entity', 1, named(1, 9)],
    ['FeatureView', 6, named(1, 2)],
    ['FeatureService', 7, named(1, 2)],
    ['OnDemandFeatureView', 8, named(1, 2)],
    ['SavedDataset', 11, named(1, 2)],
    ['StreamFeatureView', 14, named(1, 2)],
    ['LabelView', 19, named(1, 2)],
  ];

  test.each(LISTS)(
    '%s: fields within and beside its specification change nothing, and are named',
    (type, field, spec) => {
      const known = decode(element(field, delimited(1, spec)));
      expect(known.resources.map((one) => one.type)).toContain(type);
      expect(known.warnings).toEqual([]);
      const within = decode(element(field, delimited(1, concat(spec, UNKNOWN))));
      expect(within.resources).toEqual(known.resources);
      expect(within.warnings).toEqual([unknownField(`specification of ${type}`)]);
      const beside = decode(element(field, concat(delimited(1, spec), UNKNOWN)));
      expect(beside.resources).toEqual(known.resources);
      expect(beside.warnings).toEqual([unknownField(type)]);
    },
  );

  test.each([
    ['DataSource', 12, named(20, 21)],
    ['ValidationReference', 13, named(1, 3)],
  ] as const)('%s, which has no specification: neither', (type, field, object) => {
    const known = decode(element(field, object));
    expect(known.resources.map((one) => one.type)).toContain(type);
    expect(known.warnings).toEqual([]);
    const odd = decode(element(field, concat(object, UNKNOWN)));
    expect(odd.resources).toEqual(known.resources);
    expect(odd.warnings).toEqual([unknownField(type)]);
  });

  test('a field of many objects is named once, and at most a hundred fields are', () => {
    const view = (name: number, ...fields: readonly Uint8Array[]) =>
      element(6, delimited(1, concat(delimited(1, [name]), delimited(2, P), ...fields)));
    expect(decode(view(0x61, UNKNOWN), view(0x62, UNKNOWN)).warnings).toEqual([
      unknownField('specification of FeatureView', '`a` and 1 more'),
    ]);
    const fields = Array.from({ length: 150 }, (_, index) => delimited(1000 + index, []));
    expect(decode(view(0x61, ...fields)).warnings).toHaveLength(100);
  });

  test.each([13, 99, 2 ** 31 - 1])(
    'a data source of type %d is covered as every other',
    (number) => {
      const source = (kind: number) =>
        element(12, concat([0x08], varint(kind), named(20, 21), UNKNOWN));
      const onSources = permission({ types: [6] });
      const known = allowedIn(decode(source(1), onSources));
      expect(known).toEqual(['ann DESCRIBE DataSource:o']);
      expect(allowedIn(decode(source(number), onSources))).toEqual(known);
      expect(allowedIn(decode(source(number), permission({ types: [4] })))).toEqual([]);
    },
  );
});

describe('a permission with content that is not known', () => {
  const entity = element(1, delimited(1, named(1, 9)));
  const view = element(6, delimited(1, named(1, 2)));
  const readers = {
    policyType: { case: 'roleBasedPolicy' as const, value: { roles: ['reader'] } },
  };
  const granting = { name: 'odd', types: [], actions: [0, 1, 2, 3, 4, 5, 6, 7], policy: readers };

  /** By hand: the policy stands before `tags`, and fields that are not known behind all. */
  const withPolicy = (policy: Uint8Array) =>
    permission({ ...granting, policy: undefined! }, delimited(7, policy));

  const ODD: readonly (readonly [what: string, odd: Element, words: RegExp])[] = [
    ['a field', permission(granting, UNKNOWN), /field 200: is unknown/],
    ['a type', permission({ ...granting, types: [0, 12] }), /types\[1\].*`12` is unknown/],
    ['an action', permission({ ...granting, actions: [0, 8] }), /actions\[1\].*`8` is unknown/],
    ['a kind of policy', withPolicy(delimited(7, [0x0a, 0])), /field 7` is unknown/],
    [
      'a field of its policy',
      withPolicy(delimited(3, concat(delimited(1, [0x61]), UNKNOWN))),
      /roleBasedPolicy, field 200` is unknown/,
    ],
  ];

  test('grants all to a reader when everything of it is known', () => {
    const all = allowedIn(decode(entity, view, permission(granting)));
    expect(all.length).toBe(3 * ALL_ACTIONS.length);
    expect(all.every((one) => one.startsWith('bob '))).toBe(true);
  });

  test.each(ODD)('%s: an authorizer is made only by who asks to exclude it', (_, odd, words) => {
    const { permissions, resources, projects } = decode(entity, view, odd);
    expect(() => createAuthorizer({ permissions, resources, projects })).toThrow(words);
  });

  test.each(ODD)('%s: as the only one it leaves no project open', (_, odd) => {
    expect(allowedIn(decode(entity, view, odd))).toEqual([]);
  });

  test.each(ODD)('%s: beside another it makes no answer wider', (_, odd) => {
    const admin = permission({ name: 'known', types: [4], actions: [1] });
    const without = allowedIn(decode(entity, view, admin));
    expect(without).toEqual(['ann DESCRIBE Entity:o']);
    for (const answer of allowedIn(decode(entity, view, admin, odd))) {
      expect(without).toContain(answer);
    }
  });

  test.each(ODD)('%s: a warning and a finding name it', async (_, odd, words) => {
    const contents = decode(entity, view, odd);
    expect(authorizerOf(contents).snapshot.warnings).toEqual([
      expect.stringMatching(new RegExp(`^permission \`odd\` is excluded: .*${words.source}`)),
    ]);
    const { permissions, resources, projects } = contents;
    const { findings } = await auditOf({ permissions, resources, projects });
    const found = findings.filter(({ rule }) => rule === 'excluded-permission');
    expect(found).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(words),
        permission: expect.objectContaining({ name: 'odd', project: 'p' }),
      }),
    ]);
  });
});
