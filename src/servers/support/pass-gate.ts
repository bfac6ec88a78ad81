import type { Caller, Gate } from '../../gate/index.js';
import type { Vocabulary } from '../../model/index.js';
import { type RouteRule, type RuleInput, requirementsOfRule } from './route-rule.js';

/**
 * Who makes a request: {@link Gate.authenticate}, with an answer that is looked at.
 *
 * @throws TypeError when the gate gives no caller
 */
export async function authenticate(
  gate: Gate<Vocabulary>,
  rawAuthorization: Parameters<Gate['authenticate']>[0],
): Promise<Caller<Vocabulary>> {
  const caller = await gate.authenticate(rawAuthorization);
  if (typeof caller?.can !== 'function') throw new TypeError('the gate gave no caller');
  return caller;
}

/**
 * Decides on all that a request needs by the rule of its route, in one go.
 *
 * @param operation for the log of decisions: the method and the route, not the path that was asked for
 * @throws whatever the rule or the gate throws; every error refuses
 */
export async function authorize<Request>(
  gate: Gate<Vocabulary>,
  caller: Caller<Vocabulary> | undefined,
  request: {
    readonly rule: Exclude<RouteRule<Request>, 'public'>;
    readonly request: Request;
    readonly input: RuleInput;
    readonly operation: string;
  },
): Promise<void> {
  if (caller === undefined) throw new TypeError('a decision was asked for before the caller was');
  const { rule, input, operation } = request;
  const requirements = await requirementsOfRule(rule, request.request, input, gate);
  if (requirements.length === 0) return;
  // A gate of another make may be asynchronous, and an answer that is not waited for lets everyone through.
  const decided: unknown = gate.authorize(caller, requirements, operation);
  await decided;
}
