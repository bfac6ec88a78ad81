import { findNearest } from '../../foundation/did-you-mean.js';
import { checkOptions } from '../../foundation/options.js';
import { feastVocabulary, quote, type Vocabulary } from '../../model/index.js';

/** For a rule that is made without its gate. */
export interface RuleVocabulary<V extends Vocabulary = Vocabulary> {
  /** That of the gate. Default: Feast's. */
  readonly vocabulary?: V | undefined;
}

/** Names in a rule that are the same for every request. */
export interface NamedConstants {
  readonly actions: readonly string[];
  readonly types: readonly string[];
}

/** @param resources those that are known beforehand */
export function namedIn(
  actions: string | readonly string[],
  resources: { readonly type: string } | readonly { readonly type: string }[] = [],
): NamedConstants {
  return Object.freeze({
    actions: [actions].flat(),
    types: [resources].flat().map(({ type }) => type),
  });
}

/**
 * @param vocabulary undefined: not known, and nothing is refused
 * @throws TypeError on an action or a type that the vocabulary does not have, with the nearest that
 *   it has
 */
export function assertInVocabulary(
  vocabulary: Vocabulary | undefined,
  named: NamedConstants | undefined,
  place: string,
): void {
  if (vocabulary === undefined || named === undefined) return;
  const { actionIds, typeIds } = vocabulary;
  for (const action of named.actions) assertKnown('action', action, actionIds, place);
  for (const type of named.types) assertKnown('resource type', type, typeIds, place);
}

function assertKnown(
  what: string,
  name: string,
  known: ReadonlyMap<string, number>,
  place: string,
): void {
  if (known.has(name)) return;
  const nearest = findNearest(String(name), [...known.keys()]);
  const hint = nearest === undefined ? '' : `. Did you mean ${quote(nearest)}?`;
  throw new TypeError(`${place}: ${what} ${quote(String(name))} is unknown${hint}`);
}

/**
 * Checks a rule that is made before its gate is known: in the vocabulary that it is said to be in.
 *
 * @throws TypeError if an option is unknown or invalid; on an action or a type that the vocabulary
 *   does not have
 */
export function assertRuleVocabulary(
  named: NamedConstants | undefined,
  options: RuleVocabulary = {},
): void {
  checkOptions<RuleVocabulary>(options, { vocabulary: true });
  const { vocabulary } = options;
  if (vocabulary !== undefined && !(vocabulary?.actionIds instanceof Map)) {
    throw new TypeError('option vocabulary must be a vocabulary');
  }
  const place = vocabulary === undefined ? 'a rule without option `vocabulary`' : 'a rule';
  assertInVocabulary(vocabulary ?? feastVocabulary, named, place);
}
