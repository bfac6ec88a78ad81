import { type CompiledSnapshot, compiledOf, type Snapshot } from '../engine/index.js';
import { checkOptions, type OptionNames } from '../foundation/options.js';
import { DEFAULT_PYTHON } from '../model/index.js';
import type { AccessChange } from './access-change.js';
import { compareNamesBroadly } from './compare-names-broadly.js';
import { compareNamesByGrant } from './compare-names-by-grant.js';
import { diffRegistered } from './diff-registered.js';
import { NameBudget } from './name-budget.js';
import type { NameChange, UndecidedNames } from './name-change.js';

/** What changed for names that neither version has registered. */
export interface NamesDiff {
  readonly gained: readonly NameChange[];
  readonly lost: readonly NameChange[];
  /** Questions that were given up: something may have been gained or lost there. */
  readonly undecided: readonly UndecidedNames[];
}

/** What a change of permissions and resources opened and closed. */
export interface AccessDiff {
  /** On registered resources. */
  readonly gained: readonly AccessChange[];
  readonly lost: readonly AccessChange[];
  /**
   * On names that neither version has registered, with unknown tags; null if they were left out.
   */
  readonly names: NamesDiff | null;
  /**
   * False if combinations of principals were cut, so that changes on registered resources may be
   * missing.
   */
  readonly complete: boolean;
  /** Whether something was gained, or may have been. */
  readonly widened: boolean;
}

/** What {@link diffAccess} looks at. */
export interface DiffAccessOptions {
  /** Whether names that neither version has registered are looked at. Default: `true`. */
  readonly names?: boolean | undefined;
  /** Maximum number of states of one search for a name. Default: 20,000. */
  readonly maxStates?: number | undefined;
}

const DIFF_OPTIONS: OptionNames<DiffAccessOptions> = { names: true, maxStates: true };

/**
 * Which subjects gained and lost which actions on which resources, between two versions of the
 * permissions and the registry.
 *
 * On registered resources it is exact. A resource that one version alone has registered is decided
 * on in the other one as an unregistered one. For all other names, patterns are compared as
 * automata: a witness is a name that one version allows and the other refuses, and without one no
 * such name exists. A search is bounded; past its bound the answer is "undecided", which counts as
 * widened.
 *
 * @throws TypeError if the snapshots have different vocabularies, or an option is invalid
 * @example
 * const { gained, names } = diffAccess(before.snapshot, after.snapshot);
 * gained[0]; // { resource: {…}, principals: [{ kind: 'role', name: 'intern' }],
 *            //   actions: ['READ_ONLINE'], subject: {…}, … }
 */
export function diffAccess(
  old: Snapshot,
  next: Snapshot,
  options: DiffAccessOptions = {},
): AccessDiff {
  checkOptions<DiffAccessOptions>(options, DIFF_OPTIONS);
  const { names: withNames = true, maxStates } = options;
  if (maxStates !== undefined && !(Number.isInteger(maxStates) && maxStates >= 1)) {
    throw new TypeError('option maxStates must be an integer of at least 1');
  }
  const [before, after] = [compiledOf(old), compiledOf(next)];
  assertComparable(before, after);
  const { gained, lost, complete } = diffRegistered(before, after);
  const names = withNames ? diffNames(before, after, maxStates) : null;
  const namesWidened = names !== null && names.gained.length + names.undecided.length > 0;
  return { gained, lost, names, complete, widened: gained.length > 0 || !complete || namesWidened };
}

/**
 * If one grant is enough and uncovered resources are refused, only a permission that was added can
 * open a name. Otherwise all permissions of a type are looked at together.
 */
function diffNames(
  old: CompiledSnapshot,
  next: CompiledSnapshot,
  maxStates: number | undefined,
): NamesDiff {
  const budget = new NameBudget(maxStates);
  const undecided: UndecidedNames[] = [];
  const isSimple = isDecidedByGrants(old) && isDecidedByGrants(next);
  const compare = isSimple ? compareNamesByGrant : compareNamesBroadly;
  const gained = compare(old, next, budget, undecided);
  const lost = compare(next, old, budget, undecided);
  return { gained, lost, undecided };
}

function isDecidedByGrants({ enforced, evaluator }: CompiledSnapshot): boolean {
  const { strategy, unsecured } = evaluator.rules;
  return enforced && strategy === 'affirmative' && unsecured === 'deny';
}

function assertComparable(a: CompiledSnapshot, b: CompiledSnapshot): void {
  const text = ({ vocabulary: { actions, types } }: CompiledSnapshot): string =>
    JSON.stringify([actions, types]);
  const [python, other] = [a, b].map(({ options }) => options.python ?? DEFAULT_PYTHON);
  if (python !== other) {
    throw new TypeError(
      `the snapshots are read as Python ${python} and ${other}: compile both with the same \`python\``,
    );
  }
  if (text(a) === text(b)) return;
  throw new TypeError('the snapshots have different vocabularies: compare those of one vocabulary');
}
