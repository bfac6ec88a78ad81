import type { FileState } from '../file/file-state.js';
import { METADATA_TABLE, REGISTRY_TABLES } from './registry-tables.js';
import type { SqlDatabase, SqlTransaction } from './sql-database.js';

/** What a database says of its registry without reading it. */
export interface RegistryMarks extends FileState {
  /** Whether every project has a mark: Feast writes none with `purge_feast_metadata`. */
  readonly areKept: boolean;
}

/** Marks are whole seconds: of two changes in one second the second leaves the same mark. */
const MARK_STEP_SECONDS = 2;

/** Tables whose rows are counted: one that was deleted by hand leaves every mark as it was. */
const COUNTED = REGISTRY_TABLES.filter(
  ({ name, isOptional }) =>
    isOptional !== true &&
    (name === 'permissions' || name === 'projects' || name.endsWith('_views')),
);

/**
 * Reads when each project of a registry was changed last, and how many permissions and views it
 * has.
 *
 * The whole set is compared, not its maximum: marks of a project vanish with it.
 *
 * @source Feast 0.67.0, how its SQL registry keeps `last_updated_timestamp`
 */
export async function readMarks(
  transaction: SqlTransaction,
  { asText, clock }: SqlDatabase,
): Promise<RegistryMarks> {
  const marks = await transaction.rows(
    `select project_id a, metadata_value b from ${METADATA_TABLE} where metadata_key = 'last_updated_timestamp'`,
  );
  const counted = COUNTED.map(
    ({ name }) =>
      `select '${name}' a, project_id b, ${asText('count(*)')} c from ${name} group by project_id`,
  );
  const counts = await transaction.rows(counted.join(' union all '));
  const [[now = null] = []] = await transaction.rows(`select ${asText(clock)} a`);
  const marked = new Set(marks.map(([project]) => project));
  const newest = Math.max(...marks.map(([, value = null]) => Number(value)));
  return {
    fingerprint: JSON.stringify([marks.map(toLine).sort(), counts.map(toLine).sort()]),
    // `NaN`, of a mark that is not a number, counts as recent.
    isRecent: !(Number(now) - newest > MARK_STEP_SECONDS),
    areKept: counts.every(
      ([table, project]) => table !== 'projects' || marked.has(project ?? null),
    ),
  };
}

function toLine(row: readonly unknown[]): string {
  return JSON.stringify(row);
}
