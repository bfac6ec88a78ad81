import { ALL_FEATURE_VIEW_TYPES, type FeastType, type Resource } from '../model/index.js';
import type { RegistryRelations, ViewPin } from './relations.js';
import type { ViewReference } from './wire/read-links.js';

/**
 * The views that references name, each once, as they are registered; and whether all of them are.
 */
export function registeredViews(
  project: string,
  references: readonly ViewReference[],
  registered: Pick<RegistryRelations, 'named'>,
): { readonly known: readonly Resource<FeastType>[]; readonly areAll: boolean } {
  const found = [...new Set(references.map(({ view }) => view))].map((view) =>
    registered.named(project, ALL_FEATURE_VIEW_TYPES, view),
  );
  const areAll = found.every((views) => views.length > 0);
  return { known: Object.freeze(found.flat()), areAll };
}

/** Those of references that name a version. */
export function pinsAmong(references: readonly ViewReference[]): readonly ViewPin[] {
  const pins = references.flatMap(({ view, version }) =>
    version === undefined ? [] : Object.freeze({ view, version }),
  );
  return Object.freeze(pins);
}
