import { quote, RegistryInvalidError } from '../../model/index.js';
import type { StoredResource } from './read-resource.js';

/** What a registry of Feast says about its own format. */
const SCHEMA_VERSION = '1';

/** A view that the history of view versions holds. */
export interface ViewVersions {
  readonly name: string;
  readonly project: string;
}

/** The parts of a registry that tell whether it is whole. */
export interface RegistryParts {
  readonly schemaVersion: string;
  readonly version: string;
  readonly resources: readonly StoredResource[];
  readonly history: { readonly isKept: boolean; readonly labelViews: readonly ViewVersions[] };
}

/**
 * Tells a whole registry from one that was cut off between two of its fields, which decodes without
 * an error.
 *
 * Feast writes fields by number: entities, the version, views, services, data sources, permissions,
 * projects, the history of view versions, label views. So whatever is cut off takes the end with
 * it:
 *
 * 1. No project: the projects are missing, and with them some or all permissions.
 * 2. An object of a project that is not listed: some projects are missing.
 * 3. No history at all, though a view was made by a Feast that keeps one and not touched since: the
 *    history is missing, and with it the label views.
 * 4. A label view in the history of a listed project that does not exist: label views are missing.
 *
 * What stays unseen loses no permission: a project without a single object, a label view that the
 * history does not hold, and the label views where every view was changed after it was made and the
 * cut is just before the history. Other readings are refused too: a registry of before Feast knew
 * projects, and one that still has the history of a label view of a project that was deleted and
 * made again. `feast apply` mends both.
 *
 * @throws {@link RegistryInvalidError}
 * @source Feast 0.66.0, how its registry is applied, deleted from and written; history since 0.62.0
 */
export function assertComplete(registry: RegistryParts): void {
  const { schemaVersion, version, resources, history } = registry;
  if (schemaVersion !== SCHEMA_VERSION) {
    throw new RegistryInvalidError(
      schemaVersion === ''
        ? 'has no schema version: it is cut off, or no registry'
        : `has schema version ${quote(schemaVersion)}; only ${quote(SCHEMA_VERSION)} is known`,
    );
  }
  if (version === '')
    throw new RegistryInvalidError('has no version: it is cut off, or no registry');
  const projects = new Set<string>();
  for (const { type, name } of resources) if (type === 'Project') projects.add(name);
  assertProjectsListed(resources, projects);
  assertHistoryKept(resources, history, projects);
}

function assertProjectsListed(
  resources: readonly StoredResource[],
  projects: ReadonlySet<string>,
): void {
  if (projects.size === 0) {
    throw new RegistryInvalidError(
      resources.length === 0
        ? 'holds no project: it is cut off, or nothing was applied to it'
        : 'holds objects and no project: it is cut off, or a Feast from before projects wrote it. Run `feast apply` with a current Feast',
    );
  }
  for (const { type, name, project } of resources) {
    if (!projects.has(project)) {
      throw new RegistryInvalidError(
        `is cut off or damaged: ${type} ${quote(name)} is of project ${quote(project)}, which is not listed`,
      );
    }
  }
}

function assertHistoryKept(
  resources: readonly StoredResource[],
  history: RegistryParts['history'],
  projects: ReadonlySet<string>,
): void {
  const witness = !history.isKept && resources.find(({ inHistory }) => inHistory === true);
  if (witness) {
    throw new RegistryInvalidError(
      `is cut off: it holds no versions of ${witness.type} ${quote(witness.name)}`,
    );
  }
  const labelViews = new Set<string>();
  for (const { type, project, name } of resources) {
    if (type === 'LabelView') labelViews.add(JSON.stringify([project, name]));
  }
  for (const { name, project } of history.labelViews) {
    if (!projects.has(project)) continue;
    if (!labelViews.has(JSON.stringify([project, name]))) {
      throw new RegistryInvalidError(
        `is cut off: it holds versions of LabelView ${quote(name)}, but not the view`,
      );
    }
  }
}
