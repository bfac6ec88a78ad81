import { compiledOf, type Snapshot } from '../engine/index.js';
import { checkOptions, type OptionNames } from '../foundation/options.js';
import type { Resource, Subject } from '../model/index.js';
import { listPrincipals } from './access-matrix.js';
import { answerFor, canWhat, PRINCIPAL_KINDS, rightsOnResource } from './can-what.js';
import { type PageRequest, paginate } from './page.js';
import { attributeKey, type NamedPrincipal } from './principal.js';
import { readActions } from './question.js';
import { SnapshotAccess } from './snapshot-access.js';

/** Something that a search found: a principal or a resource. */
export interface FoundEntity {
  readonly type: string;
  readonly id: string;
  readonly properties?: { readonly project: string };
}

/** An action that a search found. */
export interface FoundAction {
  readonly name: string;
}

/** What a search found, page by page. */
export interface SearchAnswer<T> {
  readonly results: readonly T[];
  readonly page: {
    /** Empty for the last page. */
    readonly next_token: string;
    /** Number of results on this page. */
    readonly count: number;
    /** Number of results on all pages. */
    readonly total: number;
  };
}

/** Asks which principals of one kind may do some actions together to a resource. */
export interface SubjectSearch {
  readonly kind: NamedPrincipal['kind'];
  readonly actions: string | readonly string[];
  readonly resource: Resource;
}

/** Asks which registered resources of one type somebody may do some actions together to. */
export interface ResourceSearch {
  readonly subject: Subject | null | NamedPrincipal;
  readonly actions: string | readonly string[];
  readonly type: string;
}

/** Asks which actions somebody may do to a resource, each alone. */
export interface ActionSearch {
  readonly subject: Subject | null | NamedPrincipal;
  readonly resource: Resource;
}

const PAGE: OptionNames<PageRequest> = { limit: true, token: true };

/**
 * Which roles, groups or namespaces alone are enough, in the shape of a subject search of AuthZEN.
 * Users are not listed: an authorizer does not know them.
 *
 * @throws TypeError if an argument is invalid
 * @throws RequestInvalidError if the page does not fit the question
 * @source OpenID AuthZEN Authorization API 1.0, "Subject Search API"
 * @example
 * searchSubjects(snapshot, { kind: 'role', actions: 'READ_ONLINE', resource }).results;
 * // [{ type: 'role', id: 'analyst' }]
 */
export function searchSubjects(
  snapshot: Snapshot,
  search: SubjectSearch,
  page: PageRequest = {},
): SearchAnswer<FoundEntity> {
  assertFields(search, ['kind', 'actions', 'resource']);
  const compiled = compiledOf(snapshot);
  const { kind, resource } = search;
  if (!PRINCIPAL_KINDS.includes(kind)) {
    throw new TypeError(`the kind of a subject search is one of ${PRINCIPAL_KINDS.join(', ')}`);
  }
  const { mask } = readActions(compiled, search.actions);
  const condition = SnapshotAccess.of(compiled).conditionOn(
    compiled.permissionSetOf(resource),
    mask,
  );
  const found = listPrincipals(compiled)
    .filter((one) => one.kind === kind && answerFor(condition, attributeKey(one)) === 'yes')
    .map((one): FoundEntity => ({ type: one.kind, id: one.name }));
  const { type, name, project, tags } = resource;
  return answer(found, page, ['subjects', snapshot.version, kind, mask, type, name, project, tags]);
}

/**
 * Which registered resources of one type somebody may do some actions together to, in the shape of
 * a resource search of AuthZEN. Sub-types are not included.
 *
 * @throws TypeError if an argument is invalid
 * @throws RequestInvalidError if the page does not fit the question
 * @source OpenID AuthZEN Authorization API 1.0, "Resource Search API"
 * @example
 * searchResources(snapshot, { subject, actions: 'READ_ONLINE', type: 'FeatureView' }).results;
 * // [{ type: 'FeatureView', id: 'risk_scores', properties: { project: 'risk' } }]
 */
export function searchResources(
  snapshot: Snapshot,
  search: ResourceSearch,
  page: PageRequest = {},
): SearchAnswer<FoundEntity> {
  assertFields(search, ['subject', 'actions', 'type']);
  const compiled = compiledOf(snapshot);
  const { subject, type } = search;
  const { actions, mask } = readActions(compiled, search.actions);
  const { resources } = canWhat(snapshot, subject, { actions, types: [type] });
  const found = resources
    .filter((one) => one.type === type && one.actions.length > 0)
    .map(
      ({ project, name }): FoundEntity => ({
        type,
        id: name,
        ...(project === null ? {} : { properties: { project } }),
      }),
    );
  return answer(found, page, ['resources', snapshot.version, subject, mask, type]);
}

/**
 * Which actions somebody may do to a resource, each alone, in the shape of an action search of
 * AuthZEN.
 *
 * @throws TypeError if an argument is invalid
 * @throws RequestInvalidError if the page does not fit the question
 * @source OpenID AuthZEN Authorization API 1.0, "Action Search API"
 * @example
 * const resource = { type: 'FeatureView', name: 'risk_scores' };
 * searchActions(snapshot, { subject, resource }).results;
 * // [{ name: 'DESCRIBE' }, { name: 'READ_ONLINE' }]
 */
export function searchActions(
  snapshot: Snapshot,
  search: ActionSearch,
  page: PageRequest = {},
): SearchAnswer<FoundAction> {
  assertFields(search, ['subject', 'resource']);
  const compiled = compiledOf(snapshot);
  const { subject, resource } = search;
  const { actions } = rightsOnResource(compiled, subject, resource);
  const found = actions.map((name): FoundAction => ({ name }));
  const { type, name, project, tags } = resource;
  const question = ['actions', snapshot.version, subject, type, name, project, tags];
  return answer(found, page, question);
}

/** @throws TypeError on a field that the search does not have: misspelt, it would be left out */
function assertFields(search: object, fields: readonly string[]): void {
  checkOptions(search, Object.fromEntries(fields.map((field) => [field, true])) as never);
}

function answer<T>(found: readonly T[], page: PageRequest, question: unknown): SearchAnswer<T> {
  checkOptions<PageRequest>(page, PAGE);
  const { items, next, total } = paginate(found, page, question);
  return { results: items, page: { next_token: next ?? '', count: items.length, total } };
}
