import { quote } from './errors.js';
/**
 * Which resource types exist and which actions can be done to them. The engine knows none of them
 * by name: Feast's vocabulary is one value of this type, an organisation's own is another.
 */
export interface Vocabulary<
  Action extends string = string,
  Type extends string = string,
  ActionAlias extends string = string,
  TypeAlias extends string = string,
> {
  readonly name: string;
  /** All actions, in the order that lists and reports follow. */
  readonly actions: readonly Action[];
  /** All resource types, in the order that lists and reports follow. */
  readonly types: readonly Type[];
  readonly actionAliases: ReadonlyMap<ActionAlias, readonly Action[]>;
  readonly typeAliases: ReadonlyMap<TypeAlias, readonly Type[]>;
  /**
   * The actions that creating a resource asks for, and those that changing one does; undefined: no
   * such questions.
   */
  readonly changes: ChangeActions<Action> | undefined;
  /** Position of an action in `actions`, which is also its bit in a mask. */
  readonly actionIds: ReadonlyMap<string, number>;
  /** Position of a type in `types`, which is also its bit in a mask. */
  readonly typeIds: ReadonlyMap<string, number>;
  /** By action id: the mask of that action and of every action that it implies. */
  readonly impliedActions: readonly number[];
  /** By type id: the mask of that type and of all its sub-types. */
  readonly typesBelow: readonly number[];
  /**
   * Actions that a written name stands for: an action or an alias, in any case; undefined when
   * unknown.
   */
  resolveAction(written: string): readonly Action[] | undefined;
  /**
   * Types that a written name stands for: a type or an alias, in any case, with or without `_`;
   * undefined when unknown.
   */
  resolveType(written: string): readonly Type[] | undefined;
}

/** What a proposed change asks for. */
export interface ChangeActions<Action extends string = string> {
  readonly create: readonly Action[];
  readonly update: readonly Action[];
}

/** The actions of a vocabulary. */
export type ActionOf<V extends Vocabulary> = V['actions'][number];
/** The resource types of a vocabulary. */
export type TypeOf<V extends Vocabulary> = V['types'][number];
/** What a person may write for an action: its name or an alias, in upper or lower case. */
export type WrittenActionOf<V extends Vocabulary> = EitherCase<
  ActionOf<V> | KeyOf<V['actionAliases']>
>;
/**
 * What a person may write for a resource type: its name or an alias, as declared or in lower case.
 */
export type WrittenTypeOf<V extends Vocabulary> = EitherCase<TypeOf<V> | KeyOf<V['typeAliases']>>;

type EitherCase<Name extends string> = Name | Lowercase<Name>;
type KeyOf<M> = M extends ReadonlyMap<infer Key extends string, unknown> ? Key : never;

/** What `defineVocabulary` makes a vocabulary of. */
export interface VocabularyDefinition<
  Action extends string,
  Type extends string,
  ActionAlias extends string,
  TypeAlias extends string,
> {
  readonly name: string;
  /** Each action, with the weaker actions that holding it includes. */
  readonly actions: { readonly [A in Action]: { readonly implies?: readonly NoInfer<Action>[] } };
  /** Each resource type, with the type that it is a sub-type of. */
  readonly types: { readonly [T in Type]: { readonly subtypeOf?: NoInfer<Type> } };
  readonly actionAliases?: { readonly [A in ActionAlias]: readonly NoInfer<Action>[] };
  readonly typeAliases?: { readonly [T in TypeAlias]: readonly NoInfer<Type>[] };
  /** Default: `decideChange` cannot be asked. */
  readonly changes?: ChangeActions<NoInfer<Action>>;
}

/** Masks are 32-bit integers, so that a decision is a few machine words. */
const MAX_MEMBERS = 32;

/**
 * Makes a vocabulary for {@link createAuthorizer} and {@link definePermission}.
 *
 * @throws TypeError on an unknown name in `implies`, `subtypeOf`, `changes` or an alias, on a
 *   circle of them, on names that differ only in case or `_`, on an alias or change that names
 *   nothing, and on no or more than 32 actions or types
 * @example
 * const files = defineVocabulary({
 *   name: 'files',
 *   actions: { READ: {}, WRITE: { implies: ['READ'] } },
 *   types: { File: {}, Image: { subtypeOf: 'File' } },
 * });
 */
export function defineVocabulary<
  Action extends string,
  Type extends string,
  ActionAlias extends string = never,
  TypeAlias extends string = never,
>(
  definition: VocabularyDefinition<Action, Type, ActionAlias, TypeAlias>,
): Vocabulary<Action, Type, ActionAlias, TypeAlias> {
  assertDefinition(definition);
  const actions = Object.keys(definition.actions) as Action[];
  const types = Object.keys(definition.types) as Type[];
  const actionIds = numberMembers('action', actions);
  const typeIds = numberMembers('type', types);
  const actionAliases = aliasMap<ActionAlias, Action>(
    'action',
    definition.actionAliases ?? {},
    actionIds,
  );
  const typeAliases = aliasMap<TypeAlias, Type>('type', definition.typeAliases ?? {}, typeIds);
  const supertypes = types.map((type) => {
    const supertype = definition.types[type].subtypeOf;
    return supertype === undefined ? [] : [supertype];
  });
  const typesAbove = closeMasks('subtypeOf', typeIds, supertypes);
  const writtenActions = writtenNames('action', actions, actionAliases);
  const writtenTypes = writtenNames('type', types, typeAliases);
  return Object.freeze({
    name: definition.name,
    actions: Object.freeze(actions),
    types: Object.freeze(types),
    actionAliases,
    typeAliases,
    changes: readChanges(definition.changes, actionIds),
    actionIds,
    typeIds,
    impliedActions: closeMasks(
      'implies',
      actionIds,
      actions.map((action) => definition.actions[action].implies ?? []),
    ),
    typesBelow: turnRound(typesAbove),
    resolveAction: (written: string) => writtenActions.get(writtenKey(written)),
    resolveType: (written: string) => writtenTypes.get(writtenKey(written)),
  });
}

/** The mask of some actions and of all that they imply. */
export function actionMask(vocabulary: Vocabulary, actions: readonly string[]): number {
  let mask = 0;
  for (const action of actions) {
    mask |= vocabulary.impliedActions[vocabulary.actionIds.get(action) ?? -1] ?? 0;
  }
  return mask;
}

/** The mask of some types and of all their sub-types; every type when the list is empty. */
export function typeMask(vocabulary: Vocabulary, types: readonly string[]): number {
  if (types.length === 0) return -1;
  let mask = 0;
  for (const type of types) {
    mask |= vocabulary.typesBelow[vocabulary.typeIds.get(type) ?? -1] ?? 0;
  }
  return mask;
}

const FIELDS = ['name', 'actions', 'types', 'actionAliases', 'typeAliases', 'changes'];

/** A misspelt `implies` or `subtypeOf` would make permissions narrower or wider without a word. */
function assertDefinition(definition: VocabularyDefinition<string, string, string, string>): void {
  assertFields('a vocabulary', definition, FIELDS);
  for (const [name, action] of Object.entries(definition.actions)) {
    assertFields(`action ${quote(name)}`, action, ['implies']);
  }
  for (const [name, type] of Object.entries(definition.types)) {
    assertFields(`type ${quote(name)}`, type, ['subtypeOf']);
  }
  assertFields('changes', definition.changes ?? {}, ['create', 'update']);
}

function assertFields(what: string, value: object, fields: readonly string[]): void {
  const unknown = Object.keys(value).find((field) => !fields.includes(field));
  if (unknown === undefined) return;
  throw new TypeError(
    `${what} has an unknown field ${quote(unknown)}. Known fields: ${fields.join(', ')}`,
  );
}

function numberMembers(what: string, names: readonly string[]): ReadonlyMap<string, number> {
  if (names.length === 0 || names.length > MAX_MEMBERS) {
    throw new TypeError(`a vocabulary has 1 to ${MAX_MEMBERS} ${what}s, not ${names.length}`);
  }
  return new Map(names.map((name, id) => [name, id]));
}

function aliasMap<Alias extends string, Member extends string>(
  what: string,
  aliases: { readonly [A in Alias]?: readonly Member[] },
  ids: ReadonlyMap<string, number>,
): ReadonlyMap<Alias, readonly Member[]> {
  const entries = Object.entries(aliases) as [Alias, readonly Member[]][];
  for (const [alias, members] of entries) {
    assertMembers(`${what} alias \`${alias}\``, members, ids);
  }
  return new Map(entries.map(([alias, members]) => [alias, Object.freeze([...members])]));
}

function readChanges<Action extends string>(
  changes: ChangeActions<Action> | undefined,
  actionIds: ReadonlyMap<string, number>,
): ChangeActions<Action> | undefined {
  if (changes === undefined) return undefined;
  const { create, update } = changes;
  assertMembers('changes.create', create, actionIds);
  assertMembers('changes.update', update, actionIds);
  return Object.freeze({ create: Object.freeze([...create]), update: Object.freeze([...update]) });
}

function assertMembers(
  what: string,
  members: readonly string[],
  ids: ReadonlyMap<string, number>,
): void {
  if (members.length === 0) throw new TypeError(`${what} is empty`);
  const unknown = members.find((member) => !ids.has(member));
  if (unknown !== undefined) throw new TypeError(`${what} names \`${unknown}\`, which is unknown`);
}

/** By id: the mask of those whose mask holds it. */
function turnRound(masks: readonly number[]): readonly number[] {
  return Object.freeze(
    masks.map((_, id) =>
      masks.reduce((mask, other, otherId) => (other & (1 << id) ? mask | (1 << otherId) : mask), 0),
    ),
  );
}

/** By id: the mask of a member and of all that can be reached from it through `edges`. */
function closeMasks(
  what: string,
  ids: ReadonlyMap<string, number>,
  edges: readonly (readonly string[])[],
): readonly number[] {
  const masks: (number | undefined)[] = [];
  const visit = (id: number, path: number): number => {
    const known = masks[id];
    if (known !== undefined) return known;
    if (path & (1 << id)) throw new TypeError(`${what} forms a circle`);
    let mask = 1 << id;
    for (const target of edges[id] as readonly string[]) {
      const targetId = ids.get(target);
      if (targetId === undefined)
        throw new TypeError(`${what} names \`${target}\`, which is unknown`);
      mask |= visit(targetId, path | (1 << id));
    }
    masks[id] = mask;
    return mask;
  };
  return Object.freeze(edges.map((_, id) => visit(id, 0)));
}

function writtenNames<Member extends string>(
  what: string,
  members: readonly Member[],
  aliases: ReadonlyMap<string, readonly Member[]>,
): ReadonlyMap<string, readonly Member[]> {
  const byKey = new Map<string, readonly Member[]>();
  const entries: [string, readonly Member[]][] = [
    ...members.map((member): [string, readonly Member[]] => [member, Object.freeze([member])]),
    ...aliases,
  ];
  for (const [name, targets] of entries) {
    const key = writtenKey(name);
    if (byKey.has(key))
      throw new TypeError(`${what} \`${name}\` differs from another only in case or \`_\``);
    byKey.set(key, targets);
  }
  return byKey;
}

function writtenKey(written: string): string {
  return written.replaceAll('_', '').toLowerCase();
}
