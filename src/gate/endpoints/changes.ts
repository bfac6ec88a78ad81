import { ALL_FEATURE_VIEW_TYPES, type FeastType, type Resource } from '../../model/index.js';
import type { AnyRequirement } from '../gate.js';
import { createInNewProject } from './named-resources.js';
import type { RequestContext } from './request-context.js';

/**
 * What writing an object asks for.
 *
 * Views of all types share their names: a view that takes the place of one of another type changes
 * that one. What is written to a project that is not there makes that as well.
 */
export function changesTo(
  request: RequestContext,
  proposed: Resource<FeastType> & { readonly project: string },
): readonly AnyRequirement[] {
  const { relations } = request;
  const { type, name, project } = proposed;
  if (!relations.projects.includes(project)) {
    return [createInNewProject(request, project, [proposed])];
  }
  const rivals = ALL_FEATURE_VIEW_TYPES.includes(type) ? ALL_FEATURE_VIEW_TYPES : [type];
  const existing = relations.named(project, rivals, name);
  if (existing.length === 0) return [{ change: { proposed } }];
  return existing.map((one) => ({ change: { existing: one, proposed } }));
}
