import type { TimeBudget } from '../../foundation/time-slices.js';
import type { AnyRequirement, Caller } from '../../gate/index.js';
import type { Vocabulary } from '../../model/index.js';

/**
 * What a request needs. A list must not be empty: the gate lets nothing through for which nothing
 * is asked.
 */
export type Requirements<V extends Vocabulary = Vocabulary> =
  | AnyRequirement<V>
  | readonly AnyRequirement<V>[];

/** A call that is answered. */
export interface AnsweredCall {
  /** The first message of the client. */
  readonly request: unknown;
  /** What filtering all messages of the answer may take together. */
  readonly time: TimeBudget;
}

/** What stands before the handler of one method whose callers must be known. */
export interface MethodGuard {
  /** Needed by every call, and decided before any message is read. */
  readonly call?: Requirements | undefined;
  /**
   * What a message of the client needs. Decided before the handler is called (the first one) or
   * sees it (all others).
   *
   * @param index 0 for the first message of the call
   * @returns undefined: nothing is asked for
   */
  readonly request?:
    | ((
        message: unknown,
        index: number,
        caller: Caller<Vocabulary>,
      ) => Requirements | undefined | Promise<Requirements | undefined>)
    | undefined;
  /**
   * Whether the first message of the client says what all others are about, so that the call is one
   * request. Default: whether the client sends one message.
   */
  readonly isOneRequest?: boolean | undefined;
  /**
   * What the caller may see of a message of the handler.
   *
   * @param call what is known of the call
   * @returns a promise where it takes a while; undefined: nothing, and the message is left out of a
   *   stream, or the call fails
   */
  readonly response?:
    | ((message: unknown, caller: Caller<Vocabulary>, call: AnsweredCall) => unknown)
    | undefined;
}

/** The method is refused to everyone or open to everyone. */
export type MethodAccess = MethodGuard | 'public' | 'closed';
