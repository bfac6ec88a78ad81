// For the metadata of `Reflect`, which Nest loads.
import '@nestjs/common';
import type { RouteRequirement } from '../support/route-rule.js';
import type { ClassOrMethodDecorator, FeastHttpRequest } from './decorator-types.js';

/** What one decorator requires of a request. */
export type RequirementOf = (request: FeastHttpRequest) => RouteRequirement<FeastHttpRequest>;

/** What a handler or a controller requires; undefined: it does not say. */
export type HandlerRules = 'public' | readonly RequirementOf[] | undefined;

const RULES = 'feast-permissions:rules';

/**
 * Adds `rule` to what a handler or a controller requires.
 *
 * @throws TypeError where what is public requires something, or if the handler is missing
 */
export function decorateWith(rule: 'public' | RequirementOf): ClassOrMethodDecorator {
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (key === undefined) {
      // A class stands for those that it extends too: what they require is required of it.
      Reflect.defineMetadata(RULES, add(readRules(target), rule), target);
      return;
    }
    if (typeof descriptor?.value !== 'function') {
      throw new TypeError(`${String(key)} is not a method: only methods can be handlers`);
    }
    // SECURITY: kept by name too, as another decorator may put a new function, which knows nothing,
    // between two of these; and by function, as another controller may have it as its own.
    const known = Reflect.getOwnMetadata(RULES, target, key) as HandlerRules;
    const rules = add(known ?? readRules(descriptor.value as object), rule);
    Reflect.defineMetadata(RULES, rules, target, key);
    Reflect.defineMetadata(RULES, rules, descriptor.value as object);
  };
}

/** The method and the route of a request that a handler gets. */
export function operationOf({ method, route }: FeastHttpRequest): string {
  return `${method} ${String(route?.path)}`;
}

/** What a request to a handler requires, of its own and of its controller. */
export function rulesOf(handler: object, controller: object): HandlerRules {
  const [own, shared] = [readRules(handler), readRules(controller)];
  if (own === undefined) return shared;
  return own === 'public' || shared === undefined || shared === 'public'
    ? own
    : [...shared, ...own];
}

function readRules(target: object): HandlerRules {
  return Reflect.getMetadata(RULES, target) as HandlerRules;
}

function add(rules: HandlerRules, rule: 'public' | RequirementOf): HandlerRules {
  if (rules === undefined) return rule === 'public' ? rule : Object.freeze([rule]);
  if (rules !== 'public' && rule !== 'public') return Object.freeze([...rules, rule]);
  if (rules === rule) return rule;
  throw new TypeError('a public handler cannot require anything');
}
