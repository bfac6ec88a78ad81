import { isPlainObject } from '../../model/plain-data.js';
import { type ClaimPath, parseClaimPath, readClaim } from './claim-path.js';

/**
 * A claim whose value is not a plain list: how its names are read. At most one of `keys`,
 * `separator` and `member`.
 *
 * @example
 * { path: ['urn:zitadel:iam:org:project:roles'], keys: true } // {"reader": {…}, "writer": {…}}
 * { path: 'scope', separator: ' ' } // "features:read features:write"
 * { path: 'roles', member: 'name' } // [{"name": "reader"}, {"name": "writer"}]
 */
export interface ClaimSource {
  readonly path: ClaimPath;
  /** The names are the keys of an object. Default: `false`. */
  readonly keys?: boolean | undefined;
  /** The names are one string, with this text between two of them. */
  readonly separator?: string | undefined;
  /** The names are in this member of each object of a list. */
  readonly member?: string | undefined;
}

/** Reads the names at one place in the claims. */
export type ReadNames = (claims: unknown) => readonly string[];

const FIELDS = ['path', 'keys', 'separator', 'member'];

/**
 * Compiles the way to a list of names. A single value counts as a list of one: several providers
 * send a list only when it has two members.
 *
 * @throws TypeError if the source is invalid
 */
export function compileClaimValues(source: ClaimPath | ClaimSource): ReadNames {
  const { path, keys, separator, member } = isSource(source)
    ? checkSource(source)
    : { path: source };
  const names = parseClaimPath(path);
  const read = (claims: unknown): unknown => readClaim(claims, names);
  if (keys === true) return (claims) => keysOf(read(claims));
  if (member !== undefined) {
    return (claims) => listOf(read(claims)).flatMap((entry) => memberOf(entry, member));
  }
  if (separator === undefined) return (claims) => listOf(read(claims)).filter(isName);
  return (claims) =>
    listOf(read(claims))
      .filter(isName)
      .flatMap((text) => text.split(separator))
      .filter(isName);
}

/**
 * Compiles the way to a list of names as Feast reads it: a list counts, a single value does not.
 *
 * @source Feast 0.66.0: `roles` and `groups` that are not lists count as absent
 */
export function compileFeastList(path: ClaimPath): ReadNames {
  const names = parseClaimPath(path);
  return (claims) => {
    const value = readClaim(claims, names);
    return Array.isArray(value) ? value.filter(isString) : [];
  };
}

function isSource(source: ClaimPath | ClaimSource): source is ClaimSource {
  return isPlainObject(source);
}

function checkSource(source: ClaimSource): ClaimSource {
  const unknown = Object.keys(source).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) throw new TypeError(`a claim source has no field \`${unknown}\``);
  const { keys, separator, member } = source;
  if (keys !== undefined && typeof keys !== 'boolean') {
    throw new TypeError('`keys` of a claim source must be a boolean');
  }
  for (const [name, text] of Object.entries({ separator, member })) {
    if (text !== undefined && !isName(text)) {
      throw new TypeError(`\`${name}\` of a claim source must be a non-empty string`);
    }
  }
  const ways = [keys === true, separator !== undefined, member !== undefined];
  if (ways.filter(Boolean).length > 1) {
    throw new TypeError('a claim source has at most one of `keys`, `separator` and `member`');
  }
  return source;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function keysOf(value: unknown): readonly string[] {
  return isPlainObject(value) ? Object.keys(value).filter(isName) : [];
}

function memberOf(entry: unknown, member: string): readonly string[] {
  if (!isPlainObject(entry) || !Object.hasOwn(entry, member)) return [];
  return [entry[member]].filter(isName);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isName(value: unknown): value is string {
  return isString(value) && value !== '';
}
