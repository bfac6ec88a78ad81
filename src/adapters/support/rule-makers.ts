import type { Actions } from '../../engine/index.js';
import type { FeastVocabulary, Vocabulary } from '../../model/index.js';
import {
  checkEndpointOptions,
  type FeastEndpointOptions,
  feastEndpoint,
  findEndpointRule,
} from './feast-endpoint.js';
import { type ResourcesOf, type RouteRequirement, requires } from './route-rule.js';
import { assertRuleVocabulary, type RuleVocabulary } from './vocabulary-check.js';

/** `requires` of a framework where a rule is made without its gate. */
export interface MakeRule<Request, Rule> {
  (actions: Actions<FeastVocabulary>, resources: ResourcesOf<Request>): Rule;
  <V extends Vocabulary>(
    actions: Actions<V>,
    resources: ResourcesOf<Request, V>,
    options: { readonly vocabulary: V },
  ): Rule;
}

/**
 * `feastEndpoint` of a framework where the method and the path are those of the route by default.
 */
export interface MakeEndpointRule<Rule> {
  (options?: FeastEndpointOptions): Rule;
  (method: string, path: string, options?: FeastEndpointOptions): Rule;
}

/** The functions of a framework that say what a route requires. */
export interface RuleMakers<Request, Rule> {
  readonly requires: MakeRule<Request, Rule>;
  readonly feastEndpoint: MakeEndpointRule<Rule>;
}

/** The method and the path of the route that a request came to. */
interface RoutePlace {
  readonly method: string;
  readonly path: string;
}

/**
 * Makes `requires` and `feastEndpoint` for one framework.
 *
 * @param toRule makes what the framework takes of a function that finds the requirement of a
 *   request
 * @param placeOf reads the route of a request
 */
export function createRuleMakers<Request, Rule>(
  toRule: (requirementOf: (request: Request) => RouteRequirement<Request>) => Rule,
  placeOf: (request: Request) => RoutePlace,
): RuleMakers<Request, Rule> {
  function makeRule(
    actions: Actions<Vocabulary>,
    resources: ResourcesOf<Request, Vocabulary>,
    options?: RuleVocabulary,
  ): Rule {
    const requirement = requires<Request, Vocabulary>(actions, resources);
    assertRuleVocabulary(requirement.named, options);
    return toRule(() => requirement);
  }

  function makeEndpointRule(
    first: string | FeastEndpointOptions = {},
    path = '',
    options?: FeastEndpointOptions,
  ): Rule {
    if (typeof first === 'string') {
      const requirement = feastEndpoint<Request>(first, path, options);
      return toRule(() => requirement);
    }
    checkEndpointOptions(first);
    return toRule((request) => {
      const place = placeOf(request);
      return findEndpointRule(place.method, place.path, first);
    });
  }

  return { requires: makeRule, feastEndpoint: makeEndpointRule };
}
