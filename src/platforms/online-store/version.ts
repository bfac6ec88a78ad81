/** Longer than any version that anybody writes. */
const MAX_LENGTH = 64;

/** A release as numbers: `[0, 3, 8]`. */
export type Release = readonly number[];

const CLIENT_VERSION =
  /^v?(?:(?<epoch>\d{1,9})!)?(?<release>\d{1,9}(?:\.\d{1,9}){0,7})(?<pre>[-_.]?(?:alpha|beta|preview|pre|rc|a|b|c)[-_.]?\d{0,9})?(?<post>-\d{1,9}|[-_.]?(?:post|rev|r)[-_.]?\d{0,9})?(?<dev>[-_.]?dev[-_.]?\d{0,9})?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?$/i;

/**
 * Whether the version of a Python package is `minimum` or a later one; `undefined` for other text.
 *
 * Shape: a pre-release or development release comes before its release, a post-release behind it;
 * `0.3.8` is `0.3.8.0`, and `0.3.10` comes behind `0.3.9`.
 *
 * @source PEP 440
 * @example
 * isAtLeastVersion('0.3.8rc1', [0, 3, 8]) // false
 */
export function isAtLeastVersion(version: string, minimum: Release): boolean | undefined {
  const groups = version.length > MAX_LENGTH ? undefined : CLIENT_VERSION.exec(version)?.groups;
  if (groups === undefined) return undefined;
  const { epoch = '0', release = '', pre, post, dev } = groups;
  if (Number(epoch) > 0) return true;
  const order = compareReleases(release.split('.').map(Number), minimum);
  if (order !== 0) return order > 0;
  return pre === undefined && (dev === undefined || post !== undefined);
}

/** A version of the Databricks Runtime. */
export interface Runtime {
  readonly release: Release;
  /** Whether it is a runtime for machine learning. */
  readonly isMl: boolean;
  /** Whether it is a beta or a snapshot of its release. */
  readonly isPreRelease: boolean;
}

/** As in the release notes: `10.5 ML`, `13.3 LTS ML (GPU)`. */
const RUNTIME_NAME =
  /^(?:databricks runtime )?(?<release>\d{1,4}\.\d{1,4})(?<words>(?: \(?(?:lts|ml|gpu|beta|photon)\)?){0,5})$/i;
/** As in the settings of a cluster: `10.5.x-cpu-ml-scala2.12`. */
const RUNTIME_KEY =
  /^(?<release>\d{1,4}\.\d{1,4})\.x(?<words>(?:-[a-z0-9]{1,16}){0,6})-scala\d{1,2}\.\d{1,2}$/;

/**
 * Reads a version of the Databricks Runtime, as a name or as a cluster's `spark_version`;
 * `undefined` for other text, and for those that do not say which release they are (`custom:…`,
 * `18.x-…`).
 *
 * @source Databricks, release notes of the runtime; clusters/spark-versions of the REST API
 * @example
 * parseRuntime('10.5.x-cpu-ml-scala2.12') // { release: [10, 5], isMl: true, isPreRelease: false }
 */
export function parseRuntime(text: string): Runtime | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const groups = (RUNTIME_NAME.exec(text) ?? RUNTIME_KEY.exec(text))?.groups;
  if (groups === undefined) return undefined;
  const words = (groups['words'] ?? '').toLowerCase().split(/[ ()-]+/);
  return {
    release: (groups['release'] ?? '').split('.').map(Number),
    isMl: words.includes('ml'),
    isPreRelease: words.includes('beta') || words.includes('snapshot'),
  };
}

/** Whether a runtime for machine learning is the release `minimum` or a later one. */
export function isAtLeastMlRuntime(runtime: Runtime, minimum: Release): boolean {
  const order = compareReleases(runtime.release, minimum);
  return runtime.isMl && (order > 0 || (order === 0 && !runtime.isPreRelease));
}

/** Below zero where `left` comes first. What is missing at an end is zero. */
function compareReleases(left: Release, right: Release): number {
  const length = Math.max(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
