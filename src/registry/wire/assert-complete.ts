import { quote, RegistryInvalidError, RegistryProjectMissingError } from '../../model/index.js';
import type { StoredResources } from './stored-resources.js';

/** What a registry of Feast says about its own format. */
const SCHEMA_VERSION = '1';

/**
 * @source Feast 0.67.0: any command of it that cannot read the object of an object store writes an
 *   empty registry there, and `feast teardown` of one project deletes all projects of the registry
 */
export const NO_PROJECT =
  'holds no project: it is cut off, or nothing was applied to it, or `feast teardown` of one of its projects emptied it, or Feast wrote an empty one when its object store failed on a read. Restore an earlier version, or run `feast apply` for each project';

/** A view that the history of view versions holds. */
export interface ViewVersions {
  readonly name: string;
  readonly project: string;
}

/** The parts of a registry that tell whether it is whole. */
export interface RegistryParts {
  readonly schemaVersion: string;
  readonly version: string;
  readonly stored: StoredResources;
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
 * @throws {@link RegistryProjectMissingError} for a registry without a project and without objects:
 *   Feast writes such ones, and a cut before the first object leaves one
 * @source Feast 0.66.0, how its registry is applied, deleted from and written; history since 0.62.0
 */
export function assertComplete(registry: RegistryParts): void {
  const { schemaVersion, version, stored, history } = registry;
  if (schemaVersion !== SCHEMA_VERSION) {
    throw new RegistryInvalidError(
      schemaVersion === ''
        ? 'has no schema version: it is cut off, or no registry'
        : `has schema version ${quote(schemaVersion)}; only ${quote(SCHEMA_VERSION)} is known`,
    );
  }
  if (version === '')
    throw new RegistryInvalidError('has no version: it is cut off, or no registry');
  assertProjectsListed(stored);
  assertHistoryKept(stored, history);
}

function assertProjectsListed(stored: StoredResources): void {
  if (!stored.all.some(({ type }) => type === 'Project')) {
    if (stored.all.length === 0) throw new RegistryProjectMissingError(NO_PROJECT);
    throw new RegistryInvalidError(
      'holds objects and no project: it is cut off, or a Feast from before projects wrote it. Run `feast apply` with a current Feast',
    );
  }
  for (const { type, name, project } of stored.firstOfProjects.values()) {
    if (!stored.holds('projects', project, project)) {
      throw new RegistryInvalidError(
        `is cut off or damaged: ${type} ${quote(name)} is of project ${quote(project)}, which is not listed`,
      );
    }
  }
}

function assertHistoryKept(stored: StoredResources, history: RegistryParts['history']): void {
  const witness = stored.untouchedView;
  if (!history.isKept && witness !== undefined) {
    throw new RegistryInvalidError(
      `is cut off: it holds no versions of ${witness.type} ${quote(witness.name)}`,
    );
  }
  for (const { name, project } of history.labelViews) {
    if (!stored.holds('projects', project, project)) continue;
    if (!stored.holds('label_views', project, name)) {
      throw new RegistryInvalidError(
        `is cut off: it holds versions of LabelView ${quote(name)}, but not the view`,
      );
    }
  }
}
