import type { CompiledSnapshot } from '../engine/index.js';
import { compileNamePattern, exploreNames } from '../matchers/index.js';
import type { NamePatternSource, PythonVersion } from '../model/index.js';
import type { NameBudget } from './name-budget.js';
import { isTaken, takenNames } from './permissions-on-names.js';

/** Asks for a name that one of some patterns matches and none of others. */
export interface NameQuestion {
  readonly wanted: readonly NamePatternSource[];
  readonly unwanted: readonly NamePatternSource[];
}

export type NameAnswer =
  | { readonly kind: 'found'; readonly name: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'undecided'; readonly reason: string };

/** Where names may be registered. */
interface Place {
  readonly snapshots: readonly CompiledSnapshot[];
  readonly project: string | undefined;
  readonly type: string;
}

/** Maximum number of searches before all registered names are looked at. */
const MAX_ROUNDS = 4;
/** Maximum length of registered names that a search can leave out, in characters together. */
const MAX_TAKEN_LENGTH = 10_000;

/**
 * Finds the shortest name that is wanted and that is not registered in some place.
 *
 * @param known the answers so far, by question and registered names
 */
export function findName(
  question: NameQuestion,
  place: Place,
  budget: NameBudget,
  known: Map<string, NameAnswer>,
): NameAnswer {
  const python = pythonOf(place);
  // Most often one registered name is in the way, as where a pattern is the name of a resource.
  const left: string[] = [];
  while (left.length < MAX_ROUNDS) {
    const answer = search(question, [...left], python, budget, known);
    if (answer.kind !== 'found') return answer;
    if (!isTaken(place.snapshots, place.project, place.type, answer.name)) return answer;
    left.push(answer.name);
  }
  const taken = takenInAnswer(question, place);
  if (taken === undefined) {
    return { kind: 'undecided', reason: 'too many registered names match' };
  }
  return search(question, taken, python, budget, known);
}

function search(
  { wanted, unwanted }: NameQuestion,
  taken: readonly string[],
  python: PythonVersion | undefined,
  budget: NameBudget,
  known: Map<string, NameAnswer>,
): NameAnswer {
  const key = JSON.stringify([wanted, unwanted, taken]);
  const before = known.get(key);
  if (before !== undefined) return before;
  let found: string | undefined;
  const { maxStates, maxSteps } = budget;
  const result = exploreNames({
    rows: [{ patterns: wanted }, { patterns: unwanted }, { names: taken }],
    needed: 0,
    python,
    maxStates,
    maxSteps,
    visit([isWanted, isUnwanted, isLeftOut], name) {
      if (isWanted !== true || isUnwanted === true || isLeftOut === true) return false;
      found = name();
      return true;
    },
  });
  budget.spend(result.steps);
  const answer: NameAnswer =
    found !== undefined
      ? { kind: 'found', name: found }
      : result.result === 'undecided'
        ? { kind: 'undecided', reason: result.reason }
        : { kind: 'none' };
  known.set(key, answer);
  return answer;
}

/** The registered names that would be answers; undefined if they are too many. */
function takenInAnswer(
  { wanted, unwanted }: NameQuestion,
  place: Place,
): readonly string[] | undefined {
  const { snapshots, project, type } = place;
  const isWanted = testOf(wanted, pythonOf(place));
  const isUnwanted = testOf(unwanted, pythonOf(place));
  const taken = new Set<string>();
  let length = 0;
  for (const name of takenNames(snapshots, project, type)) {
    if (taken.has(name) || !isWanted(name) || isUnwanted(name)) continue;
    taken.add(name);
    length += name.length;
    if (length > MAX_TAKEN_LENGTH) return undefined;
  }
  return [...taken].sort();
}

/** That of all snapshots, which are compared only where it is the same. */
function pythonOf({ snapshots }: Place): PythonVersion | undefined {
  return snapshots[0]?.options.python;
}

function testOf(
  patterns: readonly NamePatternSource[],
  python: PythonVersion | undefined,
): (name: string) => boolean {
  const compiled = patterns.map((pattern) => compileNamePattern(pattern, python));
  return (name) => compiled.some((pattern) => pattern.test(name));
}
