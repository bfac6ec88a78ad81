import { type ConfigInvalidError, quote } from '../model/errors.js';
import { composeYaml } from './compose-yaml.js';
import type { Environment } from './expand-environment.js';
import { isMapping } from './is-mapping.js';
import {
  type LocatedYaml,
  locateYaml,
  type UnsetVariable,
  type YamlResolvers,
} from './locate-yaml.js';

export type { YamlResolvers } from './locate-yaml.js';

/** A parsed YAML file: its data, and where in the file each piece of it stands. */
export interface YamlDocument {
  /**
   * The data: strings, numbers, booleans, `null`, dates, arrays, and objects without a prototype,
   * so that a key like `__proto__` is a key like any other.
   */
  readonly value: unknown;
  /**
   * An error about the field at `path`, pointing at it, or at the nearest field above it that
   * exists.
   *
   * `message` goes on where the field's name ends, for example "is missing".
   */
  errorAt(path: readonly PropertyKey[], message: string): ConfigInvalidError;
  /** The same, pointing at the field's name, for a field that should not be there. */
  errorAtKey(path: readonly PropertyKey[], message: string): ConfigInvalidError;
  /**
   * An error for each value in or below `path` that refers to an environment variable that is not
   * set.
   */
  unsetVariables(path: readonly PropertyKey[]): readonly ConfigInvalidError[];
}

/**
 * Parses one YAML document, with `$NAME`, `${NAME}` and `${NAME:-default}` expanded in its values
 * where `options.env` is given.
 *
 * The environment is expanded after parsing, in values and never in keys: whatever a variable holds
 * is one value, and never a key, a list or a comment. An unquoted value is typed after its
 * expansion. Two equal keys in one mapping are refused.
 *
 * @param options.onProblem takes duplicate keys and the like instead of a throw, so that a caller
 *   can report them with what else is wrong. The data is of no use then
 * @param options.resolvers reads the tags and the unquoted values of a format of its own. Default:
 *   tags are refused
 *
 * @source PyYAML `safe_load` after `os.path.expandvars`, as Feast reads its file; differs: the
 *   order of the two, and duplicate keys, of which Feast takes the last.
 * @throws ConfigInvalidError with file, line and column; never with a value of the file in its
 *   message.
 */
export function parseYaml(
  text: string,
  options: {
    readonly file?: string | undefined;
    readonly env?: Environment | undefined;
    readonly onProblem?: ((problem: ConfigInvalidError) => void) | undefined;
    readonly resolvers?: YamlResolvers | undefined;
  } = {},
): YamlDocument {
  const source = composeYaml(text, options.file);
  const root = locateYaml(source, options.env, options.onProblem, options.resolvers);
  const errorAt: YamlDocument['errorAt'] = (path, message) =>
    source.errorAt(offsetOf(root, path).value, say(path, message));
  return {
    value: root.value,
    errorAt,
    errorAtKey: (path, message) => source.errorAt(offsetOf(root, path).key, say(path, message)),
    unsetVariables: (path) =>
      findUnset(nodeAt(root, path), path).map(([place, { name }]) =>
        errorAt(place, sayUnset(name)),
      ),
  };
}

function nodeAt(root: LocatedYaml, path: readonly PropertyKey[]): LocatedYaml | undefined {
  let node: LocatedYaml | undefined = root;
  for (const name of path) node = node?.children.get(String(name))?.node;
  return node;
}

type Unset = readonly [path: readonly PropertyKey[], variable: UnsetVariable];

function findUnset(node: LocatedYaml | undefined, path: readonly PropertyKey[]): readonly Unset[] {
  if (node === undefined) return [];
  if (node.unset !== undefined) return [[path, node.unset]];
  return [...node.children].flatMap(([name, child]) => findUnset(child.node, [...path, name]));
}

// A bare name may be a part of a password, so it is not repeated.
function sayUnset(name: string | undefined): string {
  return name === undefined
    ? 'refers to an environment variable that is not set. Set it, write a default as in `${NAME:-default}`, or keep a value that contains `$` in a variable'
    : `refers to the environment variable ${quote(name)}, which is not set. Set it, or write a default: \`\${${name}:-default}\``;
}

/** The places of the name and of the value of a field, or of the nearest field above it. */
function offsetOf(
  root: LocatedYaml,
  path: readonly PropertyKey[],
): { readonly key: number; readonly value: number } {
  let node = root;
  let key = root.offset;
  for (const name of path) {
    const child = node.children.get(String(name));
    if (child === undefined) return { key, value: isScalarValue(node.value) ? node.offset : key };
    ({ offset: key, node } = child);
  }
  // A value that is left out has no place of its own.
  return { key, value: node.value === null ? key : node.offset };
}

function isScalarValue(value: unknown): boolean {
  return !Array.isArray(value) && !isMapping(value);
}

function say(path: readonly PropertyKey[], message: string): string {
  return path.length === 0 ? message : `${quote(formatPath(path))} ${message}`;
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) =>
      typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`,
    )
    .join('');
}
