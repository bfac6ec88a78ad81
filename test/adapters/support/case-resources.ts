import type { Resource } from '../../../src/model/index.js';

type View = Resource<'FeatureView'>;

/** The view that the parameters of a path name, with its project where they name one. */
export function viewNamed(params: unknown): View {
  const { name, project } = params as { readonly name: string; readonly project?: string };
  return { type: 'FeatureView', name, ...(project === undefined ? {} : { project }) };
}

/** The views of a body `{"views": ["…"]}`; none where it has no such list. */
export function viewsNamed(body: unknown): readonly View[] {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'views')) return [];
  const { views } = body as { readonly views: unknown };
  if (!Array.isArray(views)) return [];
  return views.map((name: string) => ({ type: 'FeatureView', name }));
}
