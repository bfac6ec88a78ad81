import type { Subject } from '../model/index.js';
import type { DerivedSubject } from '../policy/index.js';

/** The decision on some actions on some resource, with the subject left to fill in. */
export interface CompiledDecision {
  /** Whether a predicate decides, so that the next answer for the same subject may differ. */
  readonly asksPredicates: boolean;
  passes(subject: Subject | null): boolean;
  passesDerived(subject: DerivedSubject): boolean;
}
