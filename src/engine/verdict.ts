import type { Subject } from '../model/index.js';
import type { DerivedSubject } from '../policy/index.js';

/** The answer for some actions on some resource, open only in who asks. */
export interface Verdict {
  /** Whether the answer may be another one the next time. */
  readonly asksPredicates: boolean;
  passes(subject: Subject | null): boolean;
  passesDerived(subject: DerivedSubject): boolean;
}
