import { quote } from '../../model/index.js';

/**
 * The versions of Feast whose servers are known, oldest first: each change of an endpoint came with
 * one of them.
 */
export const FEAST_VERSIONS = ['0.66', '0.67'] as const;

/** A version of Feast whose servers are known, without its patch. */
export type FeastVersion = (typeof FEAST_VERSIONS)[number];

/** The newest version that is known. */
export const NEWEST_FEAST_VERSION: FeastVersion = '0.67';

/** Longer texts are not versions. */
const MAX_LENGTH = 64;
/** `0.67`, `0.67.1`, `v0.67.0`, `0.68.0rc1`, `0.68.0.dev3+local`. */
const VERSION = /^v?(\d{1,6}\.\d{1,6})(?:\.?[0-9a-z][0-9a-z.+-]*)?$/i;

/** A version as it was given, and the one whose endpoints stand for it. */
export interface ParsedFeastVersion {
  readonly version: FeastVersion;
  /** Says that the version is not known, and which one stands for it. */
  readonly warning?: string | undefined;
}

/**
 * Reads a version of Feast.
 *
 * Shape: the patch does not count; a version that is not known is answered with the newest one and
 * a warning.
 *
 * @param text Default: the newest known version
 * @throws TypeError if it is not a version
 * @example
 * parseFeastVersion('0.66.1').version // '0.66'
 */
export function parseFeastVersion(text: string = NEWEST_FEAST_VERSION): ParsedFeastVersion {
  const release =
    typeof text === 'string' && text.length <= MAX_LENGTH ? VERSION.exec(text)?.[1] : undefined;
  if (release === undefined) {
    throw new TypeError('option feastVersion must be a version of Feast: write `0.67.0`');
  }
  const version = FEAST_VERSIONS.find((known) => known === release);
  if (version !== undefined) return { version };
  return {
    version: NEWEST_FEAST_VERSION,
    warning:
      `the endpoints of Feast ${quote(text)} are not known: those of ${NEWEST_FEAST_VERSION} are ` +
      'guarded, and all others are refused',
  };
}

/**
 * Whether something holds for a version: both ends belong to the range, and one that is left out is
 * open.
 */
export function isInRange(
  version: FeastVersion,
  {
    since,
    until,
  }: { readonly since?: FeastVersion | undefined; readonly until?: FeastVersion | undefined },
): boolean {
  const at = FEAST_VERSIONS.indexOf(version);
  const first = since === undefined ? 0 : FEAST_VERSIONS.indexOf(since);
  const last = until === undefined ? FEAST_VERSIONS.length : FEAST_VERSIONS.indexOf(until);
  return first <= at && at <= last;
}
