import type {
  AccessPrincipal,
  AccessRule,
  PageRequest,
  PrincipalCombination,
} from '../analysis/index.js';
import { compiledOf, type Snapshot } from '../engine/index.js';
import { andMore } from '../foundation/long-list.js';
import { count } from '../foundation/names.js';
import { type FeastVocabulary, isAuthzError } from '../model/index.js';
import { type Arguments, LIMIT, PAGE_TOKEN, UsageError } from './command.js';

/** `role "analyst"`. */
export function formatPrincipal(principal: AccessPrincipal): string {
  switch (principal.kind) {
    case 'named-user':
      return 'any user with a name';
    case 'policy':
      return principal.requires;
    default:
      return `${principal.kind} ${JSON.stringify(principal.name)}`;
  }
}

/** `role "analyst" and group "risk"`, or `everyone`. */
export function formatCombination({
  principals,
}: Pick<PrincipalCombination, 'principals'>): string {
  if (principals.length === 0) return 'everyone, the anonymous user included';
  return principals.map(formatPrincipal).join(' and ');
}

/** Why a rule decides, where no permission does. */
export const RULE_TEXTS: Readonly<Partial<Record<AccessRule, string>>> = {
  unsecured: 'no permission covers it',
  'no-permissions': 'its project has no permissions',
  'unknown-project': 'its project is not known',
};

/** In place of a list of registered resources. */
export const NO_RESOURCES =
  'no resource is registered, as in every permission file: ask about one by its name with `who-can`, `describe` or `explain`';

export function hasNoResources(snapshot: Snapshot<FeastVocabulary>): boolean {
  return compiledOf(snapshot).resources().next().done === true;
}

/** The page that the command line asks for; undefined for the whole list. */
export function pageOf(args: Pick<Arguments, 'get'>): PageRequest | undefined {
  const limit = args.get(LIMIT.name);
  const token = args.get(PAGE_TOKEN.name);
  if (limit === undefined && token === undefined) return undefined;
  if (limit !== undefined && !/^[1-9]\d{0,5}$/.test(limit)) {
    throw new UsageError('`--limit` must be a whole number from 1 to 10000');
  }
  return { limit: limit === undefined ? undefined : Number(limit), token };
}

/** Runs what may refuse a page, and reports that as a mistake of the command line. */
export function withPage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isAuthzError(error) && error.code === 'ERR_REQUEST_INVALID') {
      throw new UsageError(error.message);
    }
    throw error;
  }
}

/** What is left out of a list: by `--limit`, or since it is long. */
export function remainder(
  shown: number,
  total: number,
  next: string | null,
  what: string,
): readonly string[] {
  if (next !== null) {
    return [`${count(total, what)}; the next page: \`--page-token ${next}\``];
  }
  return total > shown ? [`${andMore(total - shown)}; \`--all\` shows them`] : [];
}
