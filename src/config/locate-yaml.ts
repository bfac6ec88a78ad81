import {
  isAlias,
  isMap,
  isScalar,
  type Pair,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { type ConfigInvalidError, quote, throwCollected } from '../model/errors.js';
import { type ComposedYaml, MAX_YAML_LENGTH, restoreReferences } from './compose-yaml.js';
import { type Environment, expandEnvironment } from './expand-environment.js';
import { isMapping } from './is-mapping.js';
import { resolvePlainScalar } from './resolve-plain-scalar.js';

/** A value and its place, as an offset into the text. */
export interface LocatedYaml {
  readonly value: unknown;
  readonly offset: number;
  /** Fields or items by key or index, with the place of the key. */
  readonly children: ReadonlyMap<string, LocatedChild>;
  /** Values in it, itself included, aliases counted in full. */
  readonly size: number;
  /** Set where a scalar refers to an environment variable that is not set. */
  readonly unset?: UnsetVariable | undefined;
}

/** A reference that was left as written. */
export interface UnsetVariable {
  /** `undefined`: the reference may be a part of some other text, such as a password. */
  readonly name: string | undefined;
}

export interface LocatedChild {
  readonly offset: number;
  readonly node: LocatedYaml;
}

/** How a file's own format reads values that plain YAML does not have, or has otherwise. */
export interface YamlResolvers {
  /**
   * What stands in place of a value with a tag such as `!Sub`; `value` is without the tag. Default:
   * tags are refused.
   */
  readonly tag?: (tag: string, value: unknown) => unknown;
  /** Types an unquoted value; `value` is what plain YAML makes of it. */
  readonly plain: (text: string, value: unknown) => unknown;
}

interface Build {
  readonly source: ComposedYaml;
  readonly resolvers: YamlResolvers | undefined;
  readonly env: Environment | undefined;
  readonly anchors: Map<string, LocatedYaml>;
  readonly errors: ConfigInvalidError[];
  aliased: number;
  expanded: number;
}

const MAX_ALIASED = 100_000;
const MERGE_KEY = '<<';
const NO_CHILDREN: ReadonlyMap<string, LocatedChild> = new Map();
const STRING_TAGS: ReadonlySet<string> = new Set(['!', 'tag:yaml.org,2002:str']);

/**
 * Turns composed nodes into data, with the place of each piece of it.
 *
 * Shape: aliases share the data that they stand for. `env` holds the variables to expand in values;
 * `undefined`: `$` is a character like any other.
 *
 * @param onProblem takes all that is wrong instead of a throw; aliases that stand for too much
 *   throw
 * @param resolvers for a format with tags of its own. Default: tags are refused
 * @throws ConfigInvalidError with all that is wrong: keys that are there twice, aliases that stand
 *   for nothing or for too much, tags, merge keys that merge no mapping.
 */
export function locateYaml(
  source: ComposedYaml,
  env: Environment | undefined,
  onProblem?: (problem: ConfigInvalidError) => void,
  resolvers?: YamlResolvers,
): LocatedYaml {
  const build: Build = {
    source,
    resolvers,
    env,
    anchors: new Map(),
    errors: [],
    aliased: 0,
    expanded: 0,
  };
  const root = locate(source.contents, build);
  if (onProblem === undefined) throwCollected(build.errors);
  else for (const error of build.errors) onProblem(error);
  return root;
}

function locate(node: ParsedNode | null, build: Build): LocatedYaml {
  if (node === null) return scalar(null, 0);
  if (isAlias(node)) return locateAlias(node.source, node.range[0], build);
  const untagged = isScalar(node)
    ? locateScalar(node, build)
    : isMap(node)
      ? locateMapping(node, build)
      : locateSequence(node, build);
  const located = resolveTag(node.tag, untagged, build);
  // Only now: an alias inside of what it names has nothing to stand for.
  if (node.anchor !== undefined) build.anchors.set(node.anchor, located);
  return located;
}

/** Tags of a format itself are `!NAME`; those of YAML and of other namespaces are not. */
function isOwnTag(tag: string | undefined, build: Build): tag is string {
  return build.resolvers?.tag !== undefined && tag !== undefined && /^!\w/.test(tag);
}

function resolveTag(tag: string | undefined, located: LocatedYaml, build: Build): LocatedYaml {
  const resolve = build.resolvers?.tag;
  if (resolve === undefined || !isOwnTag(tag, build)) return located;
  const value = resolve(tag, located.value);
  return { value, offset: located.offset, children: NO_CHILDREN, size: located.size + 1 };
}

function locateAlias(name: string, offset: number, build: Build): LocatedYaml {
  const target = build.anchors.get(name);
  if (target === undefined) {
    build.errors.push(build.source.errorAt(offset, 'an alias without an anchor before it'));
    return scalar(null, offset);
  }
  // SECURITY: the data is shared and stays small, but who walks it would see it grow exponentially.
  build.aliased += target.size;
  if (build.aliased > MAX_ALIASED)
    throw build.source.errorAt(offset, 'aliases expand to too many values');
  return target;
}

function locateScalar(node: Scalar.Parsed, build: Build): LocatedYaml {
  const [offset] = node.range;
  const { text, unset } = expand(restoreReferences(String(node.value)), offset, build);
  if (node.tag !== undefined && !STRING_TAGS.has(node.tag) && !isOwnTag(node.tag, build))
    refuseTag(offset, build);
  if (node.tag !== undefined || node.type !== 'PLAIN') return { ...scalar(text, offset), unset };
  // An unquoted value excludes the white space around it.
  const plain = text.trim();
  const typed = resolvePlainScalar(plain);
  const value = build.resolvers === undefined ? typed : build.resolvers.plain(plain, typed);
  return { ...scalar(value, offset), unset };
}

function expand(
  text: string,
  offset: number,
  build: Build,
): { readonly text: string; readonly unset?: UnsetVariable | undefined } {
  if (build.env === undefined) return { text };
  let unset: UnsetVariable | undefined;
  const limit = MAX_YAML_LENGTH - build.expanded;
  const expanded = expandEnvironment(text, build.env, limit, (name) => {
    unset ??= { name };
  });
  if (expanded === undefined) {
    throw build.source.errorAt(offset, 'environment variables make the file too long');
  }
  if (expanded !== text) build.expanded += expanded.length;
  return { text: expanded, unset };
}

function locateSequence(node: YAMLSeq.Parsed, build: Build): LocatedYaml {
  const [offset] = node.range;
  refuseOtherTag(node.tag, 'seq', offset, build);
  const children = new Map<string, LocatedChild>();
  for (const [index, item] of node.items.entries()) {
    const located = locate(item as ParsedNode, build);
    children.set(String(index), { offset: located.offset, node: located });
  }
  const value = Array.from(children.values(), (child) => child.node.value);
  return { value, offset, children, size: sizeOf(children) };
}

function locateMapping(node: YAMLMap.Parsed, build: Build): LocatedYaml {
  const [offset] = node.range;
  refuseOtherTag(node.tag, 'map', offset, build);
  const children = new Map<string, LocatedChild>();
  let merged: LocatedChild | undefined;
  for (const pair of node.items as readonly Pair<ParsedNode, ParsedNode | null>[]) {
    const name = keyOf(pair.key, build);
    const child = { offset: pair.key.range[0], node: locate(pair.value, build) };
    if (name === undefined) continue;
    const merges = name === MERGE_KEY && isScalar(pair.key) && pair.key.type === 'PLAIN';
    if (children.has(name) || (merges && merged !== undefined)) {
      build.errors.push(build.source.errorAt(child.offset, `duplicate key ${quote(name)}`));
    } else if (merges) merged = child;
    else children.set(name, child);
  }
  if (merged !== undefined) merge(merged, children, build);
  const value: Record<string, unknown> = Object.create(null);
  for (const [name, child] of children) value[name] = child.node.value;
  return { value, offset, children, size: sizeOf(children) };
}

function keyOf(key: ParsedNode, build: Build): string | undefined {
  if (!isScalar(key) || (key.tag !== undefined && !STRING_TAGS.has(key.tag))) {
    build.errors.push(build.source.errorAt(key.range[0], 'a key must be a plain word or a string'));
    return undefined;
  }
  const name = restoreReferences(String(key.value));
  if (key.anchor !== undefined) build.anchors.set(key.anchor, scalar(name, key.range[0]));
  return name;
}

/**
 * Adds the fields of `<<: *base` or `<<: [*first, *second]`; what is there, or comes first, wins.
 */
function merge(merged: LocatedChild, children: Map<string, LocatedChild>, build: Build): void {
  const bases = Array.isArray(merged.node.value)
    ? Array.from(merged.node.children.values(), (child) => child.node)
    : [merged.node];
  for (const base of bases) {
    if (!isMapping(base.value)) {
      const message = 'a merge key `<<` takes a mapping, or a list of mappings';
      build.errors.push(build.source.errorAt(merged.offset, message));
      return;
    }
    for (const [name, child] of base.children) if (!children.has(name)) children.set(name, child);
  }
}

function refuseOtherTag(
  tag: string | undefined,
  own: 'map' | 'seq',
  offset: number,
  build: Build,
): void {
  if (tag === undefined || tag === `tag:yaml.org,2002:${own}` || isOwnTag(tag, build)) return;
  refuseTag(offset, build);
}

function refuseTag(offset: number, build: Build): void {
  build.errors.push(build.source.errorAt(offset, 'unsupported YAML tag'));
}

function scalar(value: unknown, offset: number): LocatedYaml {
  return { value, offset, children: NO_CHILDREN, size: 1 };
}

function sizeOf(children: ReadonlyMap<string, LocatedChild>): number {
  let size = 1;
  for (const child of children.values()) size += child.node.size;
  return size;
}
