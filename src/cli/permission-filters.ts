import type { CompiledPermission, CompiledSnapshot } from '../engine/index.js';
import { compileNamePattern } from '../matchers/index.js';
import { isExcludedPermission, quote, typeMask, type Vocabulary } from '../model/index.js';
import { type Arguments, PRINCIPAL_KINDS, UsageError } from './command.js';
import { resolveType } from './resolve-names.js';

const NOTHING: ReadonlySet<string> = new Set();

/**
 * Whether a permission is among those that a command line asks for. An excluded permission has no
 * tags and no policy that could be asked for.
 *
 * @throws {@link UsageError} on an unknown type, and on a tag without a colon
 * @throws PatternUnsupportedError on a glob that cannot be read
 */
export function permissionFilter(
  args: Pick<Arguments, 'all'>,
  { vocabulary }: Pick<CompiledSnapshot, 'vocabulary'>,
): (permission: CompiledPermission) => boolean {
  const names = args.all('name').map(nameTest);
  const types = args.all('type').map((one) => resolveType(vocabulary, one));
  const tags = args.all('tag').map(checkTag);
  const principals = PRINCIPAL_KINDS.flatMap((kind) =>
    args.all(kind).map((name) => principalKey(kind, name)),
  );
  const typesAsked = typeMask(vocabulary, types);
  return (permission) =>
    (names.length === 0 || names.some((test) => test(permission.source.name))) &&
    (typesOf(permission, vocabulary) & typesAsked) !== 0 &&
    (tags.length === 0 || hasAll(tagsOf(permission), tags)) &&
    (principals.length === 0 || hasSome(principalsOf(permission), principals));
}

/** The name itself counts, whatever it would mean as a glob. */
function nameTest(written: string): (name: string) => boolean {
  const glob = compileNamePattern({ glob: written });
  return (name) => name === written || glob.test(name);
}

function checkTag(written: string): string {
  if (written.indexOf(':') > 0) return written;
  throw new UsageError(`invalid tag ${quote(written)}: write \`KEY:VALUE\``);
}

/** As a mask. An excluded permission whose types were not understood could be for any type. */
function typesOf({ source }: CompiledPermission, vocabulary: Vocabulary): number {
  const { types } = source;
  if (types === undefined || types.some((type) => !vocabulary.typeIds.has(type))) return -1;
  return typeMask(vocabulary, types);
}

function tagsOf({ source }: CompiledPermission): ReadonlySet<string> {
  if (isExcludedPermission(source)) return NOTHING;
  return new Set(Object.entries(source.tags).map(([key, value]) => `${key}:${value}`));
}

function principalsOf({ test }: CompiledPermission): ReadonlySet<string> {
  return new Set(test?.attributes().map(({ kind, name }) => principalKey(kind, name)));
}

function principalKey(kind: string, name: string): string {
  return `${kind}:${name}`;
}

function hasAll(found: ReadonlySet<string>, wanted: readonly string[]): boolean {
  return wanted.every((one) => found.has(one));
}

function hasSome(found: ReadonlySet<string>, wanted: readonly string[]): boolean {
  return wanted.some((one) => found.has(one));
}
