import { type AccessPrincipal, type AccessRule, whoCan } from '../analysis/index.js';
import { type CompiledSnapshot, compiledOf, type Snapshot } from '../engine/index.js';
import { didYouMean } from '../foundation/did-you-mean.js';
import { type FeastVocabulary, quote, type Resource, type ResourceOf } from '../model/index.js';
import { UsageError } from './command.js';
import { type CoveringPermission, coveringPermissions } from './covering-permissions.js';
import { type ListedPermission, listPermissions } from './list-permissions.js';
import { findResource, type ResourceFacts, resourceFacts } from './resolve-resource.js';

/** What has a name. */
export interface DescribedName {
  /** As it was written. */
  readonly name: string;
  readonly permissions: readonly ListedPermission[];
  readonly resources: readonly DescribedResource[];
}

/** A resource with all that permissions say about it. */
export interface DescribedResource extends ResourceFacts {
  /** All that cover it. */
  readonly permissions: readonly CoveringPermission[];
  /** `covered`, or the rule that decides where no permission covers it. */
  readonly rule: AccessRule;
  /** Who may do what: all principals of an entry are needed. Empty principals: everyone. */
  readonly access: readonly {
    readonly principals: readonly AccessPrincipal[];
    readonly actions: readonly string[];
  }[];
  /** Actions that everyone is refused. */
  readonly refused: readonly string[];
}

/** Names that are compared with one that is not found. */
const MAX_COMPARED = 20_000;

/**
 * Describes every permission and every registered resource of a name. `TYPE:NAME` is a resource,
 * which may be unregistered.
 *
 * @throws {@link UsageError} if nothing has the name, or a project has to be named
 */
export function describeName(given: Snapshot<FeastVocabulary>, written: string): DescribedName {
  const snapshot = compiledOf(given);
  const permissions = listPermissions(given, true, ({ source }) => source.name === written);
  const resources = findResources(given, written);
  if (permissions.length + resources.length === 0) {
    throw new UsageError(
      `unknown permission or resource ${quote(written)}${didYouMean(written, knownNames(snapshot)) || '. Write `TYPE:NAME` for an unregistered resource'}`,
    );
  }
  return {
    name: written,
    permissions,
    resources: resources.map((one) => describeResource(given, one)),
  };
}

/** A permission is a resource too: by its name alone, it is described as a permission. */
function findResources(given: Snapshot<FeastVocabulary>, written: string): readonly Resource[] {
  const snapshot = compiledOf(given);
  const typed = splitType(snapshot, written);
  const types =
    typed === undefined
      ? snapshot.vocabulary.types.filter((type) => type !== 'Permission')
      : [typed.type];
  const name = typed?.name ?? written;
  const registered = [...new Set(snapshot.projects.values())].flatMap((project) =>
    types.flatMap((type) => project.registered(type, name) ?? []),
  );
  if (registered.length > 0 || typed === undefined) return registered;
  return [findResource(given, written)];
}

/** Undefined for a name without a type in front of it. */
function splitType(
  { vocabulary }: CompiledSnapshot,
  written: string,
): { readonly type: string; readonly name: string } | undefined {
  const colon = written.indexOf(':');
  if (colon <= 0 || colon === written.length - 1) return undefined;
  const [type, second] = vocabulary.resolveType(written.slice(0, colon)) ?? [];
  return type === undefined || second !== undefined
    ? undefined
    : { type, name: written.slice(colon + 1) };
}

function describeResource(given: Snapshot<FeastVocabulary>, resource: Resource): DescribedResource {
  const snapshot = compiledOf(given);
  const access = new Map<string, { principals: readonly AccessPrincipal[]; actions: string[] }>();
  const refused: string[] = [];
  let rule: AccessRule = 'covered';
  for (const action of given.vocabulary.actions) {
    const answer = whoCan(given as Snapshot, action, resource);
    rule = answer.rule;
    if (answer.total === 0) refused.push(action);
    for (const { principals } of answer.combinations) {
      const key = JSON.stringify(principals);
      const known = access.get(key);
      if (known === undefined) access.set(key, { principals, actions: [action] });
      else known.actions.push(action);
    }
  }
  return {
    ...resourceFacts(given, resource as ResourceOf<FeastVocabulary>),
    permissions: coveringPermissions(snapshot, resource),
    rule,
    access: [...access.values()],
    refused,
  };
}

function knownNames(snapshot: CompiledSnapshot): readonly string[] {
  const names = new Set(snapshot.permissions.map(({ source }) => source.name));
  for (const { name } of snapshot.resources()) {
    if (names.size >= MAX_COMPARED) break;
    names.add(name);
  }
  return [...names].slice(0, MAX_COMPARED);
}
