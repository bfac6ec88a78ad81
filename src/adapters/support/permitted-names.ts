import { type AnyRequirement, type Caller, permittedNames } from '../../gate/index.js';
import type { Vocabulary } from '../../model/index.js';

const namesByRequest = new WeakMap<object, readonly string[]>();

/** Whether a request asks for a part of something, so that its handler must know which. */
export function asksForPart(requirements: readonly AnyRequirement<Vocabulary>[]): boolean {
  return requirements.some((one) => 'someOf' in one);
}

/** Keeps the names that the handler of a request may serve. */
export function rememberPermitted(
  request: unknown,
  caller: Caller<Vocabulary>,
  requirements: readonly AnyRequirement<Vocabulary>[],
): void {
  const names = permittedNames(caller, requirements);
  if (names === undefined || typeof request !== 'object' || request === null) return;
  namesByRequest.set(request, names);
}

/**
 * The names that a handler may serve, where Feast serves the permitted part of what a request asks
 * for: of the views, or of the services, that `/monitoring/…` computes or reads without a name.
 *
 * @param request as the handler gets it; with Hono, its context
 * @returns undefined: all that the request asks for is permitted
 * @example
 * const names = permittedNamesOf(request);
 * const rows = readRows(project).filter((row) => names === undefined || names.includes(row.view));
 */
export function permittedNamesOf(request: object): readonly string[] | undefined {
  return namesByRequest.get(request);
}
