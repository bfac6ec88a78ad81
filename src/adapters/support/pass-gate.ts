import { type MaybePromise, whenKnown } from '../../foundation/maybe-promise.js';
import type { Caller, Gate } from '../../gate/index.js';
import type { Vocabulary } from '../../model/index.js';
import { asksForPart, rememberPermitted } from './permitted-names.js';
import { type RouteRule, type RuleInput, requirementsOfRule } from './route-rule.js';

/**
 * Who makes a request: {@link Gate.authenticate}, with an answer that is looked at. At once where
 * the gate knows the token.
 *
 * @throws TypeError when the gate gives no caller; whatever the gate throws or rejects with
 */
export function authenticate(
  gate: Gate<Vocabulary>,
  authorization: Parameters<Gate['authenticate']>[0],
): MaybePromise<Caller<Vocabulary>> {
  return whenKnown(gate.authenticate(authorization), (caller) => {
    if (typeof caller?.can !== 'function') throw new TypeError('the gate gave no caller');
    return caller;
  });
}

/**
 * Decides on all that a request needs by the rule of its route, in one go.
 *
 * @param operation for the log of decisions: the method and the route, not the path that was asked
 *   for
 * @throws whatever the rule or the gate throws or rejects with; every error refuses
 */
export function authorize<Request>(
  gate: Gate<Vocabulary>,
  caller: Caller<Vocabulary> | undefined,
  request: {
    readonly rule: Exclude<RouteRule<Request>, 'public'>;
    readonly request: Request;
    readonly input: RuleInput;
    readonly operation: string;
  },
): MaybePromise<void> {
  if (caller === undefined) throw new TypeError('a decision was asked for before the caller was');
  const { rule, input, operation } = request;
  const needed = requirementsOfRule(rule, request.request, input, gate);
  return whenKnown(needed, (requirements): MaybePromise<void> => {
    if (requirements.length === 0) return undefined;
    const decided = decideInSlices(gate, caller, requirements, operation);
    if (!asksForPart(requirements)) return decided;
    return whenKnown(decided, () => rememberPermitted(request.request, caller, requirements));
  }) as MaybePromise<void>;
}

/** {@link Gate.authorizeInSlices}, or {@link Gate.authorize} of a gate that has no other. */
export function decideInSlices(
  gate: Gate<Vocabulary>,
  ...question: Parameters<Gate<Vocabulary>['authorize']>
): MaybePromise<void> {
  const decided: unknown =
    gate.authorizeInSlices === undefined
      ? gate.authorize(...question)
      : gate.authorizeInSlices(...question);
  // A gate of another make may be asynchronous, and an answer that is not waited for lets everyone
  // through.
  return whenKnown(decided, () => undefined) as MaybePromise<void>;
}
