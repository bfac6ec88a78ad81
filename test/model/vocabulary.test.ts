import { describe, expect, it } from 'vitest';
import {
  ALL_ACTIONS,
  ALL_FEATURE_VIEW_TYPES,
  ALL_RESOURCE_TYPES,
  actionMask,
  CRUD,
  defineVocabulary,
  feastVocabulary,
  READ,
  typeMask,
  WRITE,
} from '../../src/model/index.js';

// The definitions here are wrong on purpose, and most of that does not compile.
const define = (definition: object): ReturnType<typeof defineVocabulary> =>
  defineVocabulary({ name: 'v', actions: { A: {} }, types: { T: {} }, ...definition } as never);

const many = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`N${index}`, {}]));

describe('defineVocabulary', () => {
  it('closes what actions imply, and sub-types', () => {
    const vocabulary = defineVocabulary({
      name: 'files',
      actions: { READ: {}, WRITE: { implies: ['READ'] }, ADMIN: { implies: ['WRITE'] } },
      types: { Node: {}, File: { subtypeOf: 'Node' }, Image: { subtypeOf: 'File' } },
    });
    expect(vocabulary.impliedActions).toEqual([0b001, 0b011, 0b111]);
    expect(vocabulary.typesBelow).toEqual([0b111, 0b110, 0b100]);
    expect(actionMask(vocabulary, ['WRITE'])).toBe(0b011);
    expect(actionMask(vocabulary, ['unknown'])).toBe(0);
    expect(typeMask(vocabulary, ['Node'])).toBe(0b111);
    expect(typeMask(vocabulary, ['Image', 'unknown'])).toBe(0b100);
    expect(typeMask(vocabulary, [])).toBe(-1);
  });

  it('takes 32 actions and types, and keeps them apart', () => {
    const vocabulary = define({ actions: many(32), types: many(32) });
    expect(vocabulary.impliedActions.map((mask) => mask >>> 0)).toEqual(
      Array.from({ length: 32 }, (_, bit) => 2 ** bit),
    );
    expect(new Set(vocabulary.typesBelow).size).toBe(32);
  });

  it('is frozen', () => {
    const vocabulary = define({ changes: { create: ['A'], update: ['A'] } });
    const { changes } = vocabulary;
    const parts = [
      vocabulary,
      vocabulary.actions,
      vocabulary.types,
      vocabulary.typesBelow,
      changes,
      changes?.create,
    ];
    expect(parts.every(Object.isFrozen)).toBe(true);
  });

  it.each([
    [{ actions: {} }, 'a vocabulary has 1 to 32 actions, not 0'],
    [{ types: {} }, 'a vocabulary has 1 to 32 types, not 0'],
    [{ actions: many(33) }, 'a vocabulary has 1 to 32 actions, not 33'],
    [{ actions: { A: { implies: ['B'] }, B: { implies: ['A'] } } }, 'implies forms a circle'],
    [{ actions: { A: { implies: ['A'] } } }, 'implies forms a circle'],
    [
      { types: { T: { subtypeOf: 'U' }, U: { subtypeOf: 'V' }, V: { subtypeOf: 'T' } } },
      'subtypeOf forms a circle',
    ],
    [{ actions: { A: { implies: ['X'] } } }, 'implies names `X`, which is unknown'],
    [{ types: { T: { subtypeOf: 'X' } } }, 'subtypeOf names `X`, which is unknown'],
    [{ actions: { A_B: {}, ab: {} } }, 'action `ab` differs from another only in case or `_`'],
    [{ actionAliases: { a: ['A'] } }, 'action `a` differs from another only in case or `_`'],
    [{ typeAliases: { t_: ['T'] } }, 'type `t_` differs from another only in case or `_`'],
    [{ actionAliases: { ALL: ['X'] } }, 'action alias `ALL` names `X`, which is unknown'],
    [{ actionAliases: { ALL: [''] } }, 'action alias `ALL` names ``, which is unknown'],
    [{ typeAliases: { ALL: [] } }, 'type alias `ALL` is empty'],
    [{ changes: { create: ['X'], update: ['A'] } }, 'changes.create names `X`, which is unknown'],
    [{ changes: { create: ['A'], update: [] } }, 'changes.update is empty'],
  ])('refuses %j', (definition, message) => {
    expect(() => define(definition)).toThrow(new TypeError(message));
  });

  it('allows two ways to the same action', () => {
    const vocabulary = define({
      actions: { A: { implies: ['B', 'C'] }, B: { implies: ['D'] }, C: { implies: ['D'] }, D: {} },
    });
    expect(vocabulary.impliedActions[0]).toBe(0b1111);
  });
});

describe('Feast’s vocabulary', () => {
  it('has the actions in the order of the wire', () => {
    expect(feastVocabulary.actions).toEqual(ALL_ACTIONS);
    expect(ALL_ACTIONS).toEqual([...CRUD, ...READ, ...WRITE]);
  });

  it('has two sub-types, and no others', () => {
    const below = (type: string): readonly string[] => {
      const mask = typeMask(feastVocabulary, [type]);
      return feastVocabulary.types.filter((_, id) => (mask & (1 << id)) !== 0);
    };
    expect(below('FeatureView')).toEqual(['FeatureView', 'BatchFeatureView', 'StreamFeatureView']);
    for (const type of ALL_RESOURCE_TYPES)
      if (type !== 'FeatureView') expect(below(type)).toEqual([type]);
    expect(ALL_FEATURE_VIEW_TYPES).toHaveLength(5);
  });

  it.each([
    ['describe', ['DESCRIBE']],
    ['Read_Online', ['READ_ONLINE']],
    ['readonline', ['READ_ONLINE']],
    ['read', ['READ_ONLINE', 'READ_OFFLINE']],
    ['CRUD', ['CREATE', 'DESCRIBE', 'UPDATE', 'DELETE']],
    ['all_actions', ALL_ACTIONS],
    [' read', undefined],
    ['', undefined],
    ['__proto__', undefined],
    ['constructor', undefined],
  ])('takes the action %j', (written, actions) => {
    expect(feastVocabulary.resolveAction(written)).toEqual(actions);
  });

  it.each([
    ['featureview', ['FeatureView']],
    ['FEATURE_VIEW', ['FeatureView']],
    ['all_resource_types', ALL_RESOURCE_TYPES],
    ['ALL_FEATURE_VIEW_TYPES', ALL_FEATURE_VIEW_TYPES],
    ['FeatureViews', undefined],
    ['toString', undefined],
  ])('takes the type %j', (written, types) => {
    expect(feastVocabulary.resolveType(written)).toEqual(types);
  });

  it('changes by CREATE, and by DESCRIBE with UPDATE', () => {
    expect(feastVocabulary.changes).toEqual({ create: ['CREATE'], update: ['DESCRIBE', 'UPDATE'] });
  });
});
