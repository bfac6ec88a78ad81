import { AuthzError } from './errors.js';
import type { FeastVocabulary } from './feast-vocabulary.js';
import type { PolicyData } from './policy.js';
import type { Tags } from './resource.js';
import type { ActionOf, TypeOf, Vocabulary, WrittenActionOf, WrittenTypeOf } from './vocabulary.js';

/** A glob, told apart from the regular expressions that strings are. */
export interface GlobPattern {
  readonly glob: string;
}

/** A pattern for whole names: a string is a regular expression of Python, as in Feast. */
export type NamePatternSource = string | GlobPattern;

/** Who may do what to which resources: a frozen value, made by `definePermission`. */
export interface Permission<V extends Vocabulary = FeastVocabulary> {
  readonly name: string;
  /** A permission covers the resources of its own project only; undefined: of every project. */
  readonly project: string | undefined;
  /** Empty: all types. A type includes its sub-types. */
  readonly types: readonly TypeOf<V>[];
  /** Empty: all names. Otherwise one of them must match the whole name. */
  readonly namePatterns: readonly NamePatternSource[];
  /**
   * All of these pairs must be among the resource's tags. Stripped of white space at both ends, as
   * in Feast.
   */
  readonly requiredTags: Tags;
  /** Never empty. */
  readonly actions: readonly ActionOf<V>[];
  readonly policy: PolicyData;
  /** The permission's own tags: labels for people, without effect on decisions. */
  readonly tags: Tags;
}

/**
 * What a person or a file writes for a permission. Names of types and actions are taken in either
 * case, single values stand for lists of one, and Feast's own field names are understood.
 */
export interface PermissionInput<V extends Vocabulary = FeastVocabulary> {
  readonly name: string;
  readonly project?: string | null | undefined;
  /** Default: all types. */
  readonly types?: OneOrMany<WrittenTypeOf<V>> | null | undefined;
  /**
   * Default: all names. Text that starts with `glob:` is a glob, all other text a regular
   * expression of Python.
   */
  readonly namePatterns?: OneOrMany<NamePatternSource> | null | undefined;
  readonly name_patterns?: OneOrMany<NamePatternSource> | null | undefined;
  /** Default: no tag is required. */
  readonly requiredTags?: Tags | null | undefined;
  readonly required_tags?: Tags | null | undefined;
  /** Default: all actions. */
  readonly actions?: OneOrMany<WrittenActionOf<V>> | undefined;
  /** Default: everyone, as in Feast. */
  readonly policy?: PolicyInput | undefined;
  readonly tags?: Tags | null | undefined;
}

/** A policy as data, with its kind in `type`; `roles('admin')` and its like make one. */
export type PolicyInput = PolicyData | (PolicyData & Readonly<Record<string, unknown>>);

type OneOrMany<T> = T | readonly T[];

/**
 * A permission that could not be understood and that the caller chose to keep out rather than to
 * fail.
 *
 * It never grants. It still counts as present, secures every resource that it could match, and is a
 * denial of every action in every strategy, so that leaving it out widens nothing. It reaches no
 * further than what was not understood: filters that were understood still hold.
 */
export interface ExcludedPermission {
  readonly name: string;
  readonly project: string | undefined;
  /** Undefined: not understood, so it could be for any type. Empty: all types. */
  readonly types?: readonly string[] | undefined;
  /** Undefined: not understood, so any name could match. */
  readonly namePatterns: readonly NamePatternSource[] | undefined;
  /** Undefined: not understood, so any tags could match. */
  readonly requiredTags?: Tags | undefined;
  /** Why it was excluded. Never empty. */
  readonly excluded: readonly AuthzError[];
}

/** Whether a value is one. What merely has a field of that name, as a file may, is not. */
export function isExcludedPermission(permission: object): permission is ExcludedPermission {
  if (!('excluded' in permission) || !Array.isArray(permission.excluded)) return false;
  const { excluded } = permission;
  return excluded.length > 0 && excluded.every((error) => error instanceof AuthzError);
}
