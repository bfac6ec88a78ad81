import { quote } from '../../../model/index.js';
import type { StorePolicyFact } from '../acl/index.js';

/** The users, groups and roles that files name, in their order. */
export function principalsOf(policies: readonly StorePolicyFact[]): readonly string[] {
  return [...new Set(policies.flatMap(({ principal }) => principal ?? []))];
}

/**
 * The user, group or role that is meant.
 *
 * @param name its ARN, the end of it (`role/features`, `features`), or its name in a template
 * @throws TypeError with all that there are, unless `name` means exactly one of them
 */
export function selectPrincipal(policies: readonly StorePolicyFact[], name: string): string {
  const all = principalsOf(policies);
  if (all.includes(name)) return name;
  const ends = [`/${name}`, `:${name}`];
  const meant = name === '' ? [] : all.filter((one) => ends.some((end) => one.endsWith(end)));
  const [only, ...others] = meant;
  if (only !== undefined && others.length === 0) return only;
  if (only !== undefined)
    throw new TypeError(`principal ${quote(name)} may be ${listPrincipals(meant)}: give the ARN`);
  const choice =
    all.length === 0
      ? 'the files do not say whose policies they hold'
      : `choose from ${listPrincipals(all)}`;
  throw new TypeError(`principal ${quote(name)} is not in the files: ${choice}`);
}

const MAX_LISTED = 20;

/** The first 20 of them. */
export function listPrincipals(principals: readonly string[]): string {
  const shown = principals.slice(0, MAX_LISTED).map(quote).join(', ');
  const more = principals.length - MAX_LISTED;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
