import {
  type AuthzError,
  type FeastAction,
  type FeastType,
  quote,
  type Resource,
  ResourceNotFoundError,
} from '../../model/index.js';
import type { AnyRequirement } from '../gate.js';
import type { RequestContext } from './request-context.js';

/**
 * Stands for a request that names what the registry does not know, where that is not told to
 * everyone: who is granted what the request would need is told what is missing, and all others that
 * it is not permitted.
 */
export class HiddenUnknown extends Error {
  readonly needs: readonly AnyRequirement[];

  constructor(needs: readonly AnyRequirement[]) {
    super('the registry does not know what a request names');
    this.needs = needs;
  }
}

/**
 * What to throw at a request that names what the registry does not know.
 *
 * @param error what is told where nothing is hidden
 * @param resources what the request would have needed, if it were there
 */
export function unknownAs(
  { endpoint, options }: RequestContext,
  error: AuthzError,
  resources: readonly Resource<FeastType>[],
  actions: readonly FeastAction[] = endpoint.actions,
): Error {
  if (options.hideUnknown !== true) return error;
  const asked: readonly FeastAction[] = actions.length === 0 ? ['DESCRIBE'] : actions;
  return new HiddenUnknown([{ actions: asked, resources }, { missing: error }]);
}

export function notKnown(what: string, name: string): ResourceNotFoundError {
  return new ResourceNotFoundError(`${what} ${quote(name)} is not known`);
}
