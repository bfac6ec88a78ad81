import {
  ALL_FEATURE_VIEW_TYPES,
  type FeastType,
  quote,
  RequestInvalidError,
  type Resource,
  ResourceNotFoundError,
} from '../../model/index.js';
import type { RegistryRelations } from '../../registry/relations.js';
import { findNamed } from './request-context.js';

/** A version as Python reads it: its digits are those of any script, and a line break may follow. */
const VERSION = /^v\p{Nd}+\n?$/iu;

/**
 * The names of the views in references to features: `view:feature`, or `view@v2:feature` for one version.
 *
 * @throws RequestInvalidError on a reference without a view
 * @source Feast 0.66.0, how references are read: same
 */
export function viewsOfReferences(references: readonly string[]): readonly string[] {
  return [...new Set(references.map(viewOf))];
}

function viewOf(reference: string): string {
  const colon = reference.indexOf(':');
  // SECURITY: with several, servers differ in where the name of the view ends.
  if (colon < 1 || reference.includes(':', colon + 1)) {
    throw new RequestInvalidError(`${quote(reference)} does not name a view and a feature`);
  }
  const view = reference.slice(0, colon);
  const at = view.indexOf('@');
  if (at < 0) return view;
  const version = view.slice(at + 1);
  const isVersion = version === '' || version.toLowerCase() === 'latest' || VERSION.test(version);
  return isVersion ? view.slice(0, at) : view;
}

/**
 * Views with all that they compute from: an on-demand view is read together with its source views.
 *
 * @throws ResourceNotFoundError when the relations do not say what an on-demand view computes from
 * @source Feast 0.66.0, what it checks when an on-demand view is read: same
 */
export function withSources(
  relations: RegistryRelations,
  views: Iterable<Resource<FeastType>>,
): readonly Resource<FeastType>[] {
  const all = new Set(views);
  for (const { type, project = '', name } of all) {
    if (type !== 'OnDemandFeatureView') continue;
    const sources = relations.sourceViewsOf(project, name);
    if (sources === undefined) {
      throw new ResourceNotFoundError(`what ${type} ${quote(name)} computes from is not known`);
    }
    for (const source of sources) all.add(source);
  }
  return [...all];
}

/**
 * The views of a feature service, with all that they compute from.
 *
 * @throws ResourceNotFoundError when the relations do not say what the service is made of
 */
export function viewsOfService(
  relations: RegistryRelations,
  project: string,
  service: string,
): readonly Resource<FeastType>[] {
  const views = relations.viewsOfService(project, service);
  if (views === undefined) {
    throw new ResourceNotFoundError(`what FeatureService ${quote(service)} offers is not known`);
  }
  return withSources(relations, views);
}

/** The views that references name, with all that they compute from. @throws ResourceNotFoundError when one is not known */
export function referencedViews(
  relations: RegistryRelations,
  project: string,
  references: readonly string[],
): readonly Resource<FeastType>[] {
  const named = viewsOfReferences(references).flatMap((view) =>
    findNamed(relations, project, ALL_FEATURE_VIEW_TYPES, view),
  );
  return withSources(relations, named);
}
