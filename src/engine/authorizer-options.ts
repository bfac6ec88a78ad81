import type { Decision } from '../model/index.js';
import type { Shadow } from './shadow.js';

/** Who hears of the decisions of an authorizer. */
export interface AuthorizerOptions {
  /**
   * Called with every decision. Errors that it throws are ignored, so that a failing log changes no
   * answer.
   */
  readonly onDecision?: ((decision: Decision) => void) | undefined;
  /** Compares every decision with that of a candidate: `createShadow`. Default: none. */
  readonly shadow?: Shadow | undefined;
}
