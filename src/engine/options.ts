import { checkOptions, type OptionNames } from '../foundation/options.js';
import {
  type ExcludedPermission,
  type FeastVocabulary,
  type Permission,
  type PermissionInput,
  type PolicyKind,
  PYTHON_VERSIONS,
  type PythonVersion,
  quote,
  type ResourceOf,
  type Vocabulary,
} from '../model/index.js';

/**
 * How the answers of several permissions become one.
 *
 * - `affirmative`: one grant is enough. Feast's rule.
 * - `consensus`: more grants than denials, counted in permissions; a tie denies.
 * - `unanimous`: at least one grant and no denial.
 */
export type DecisionStrategy = 'affirmative' | 'consensus' | 'unanimous';

/** What an authorizer decides on: the content of one registry version. */
export interface SnapshotOptions<V extends Vocabulary = FeastVocabulary> {
  /** The permissions to decide with, in any form. */
  readonly permissions: readonly (Permission<V> | PermissionInput<V> | ExcludedPermission)[];
  /**
   * Permissions of an earlier version that are gone. They grant nothing and deny nothing that
   * another permission grants, and what they covered stays secured: neither `unsecured` nor
   * `whenNoPermissions` opens it. Default: none.
   */
  readonly formerPermissions?: readonly (Permission<V> | ExcludedPermission)[];
  /** The registered resources. Their registered tags count, whatever a caller says later. */
  readonly resources?: readonly ResourceOf<V>[];
  /** Projects that the registry knows, beside those that permissions and resources name. */
  readonly projects?: readonly string[];
  /** The project of a resource that names none. */
  readonly defaultProject?: string;
  /** Default: `affirmative`. */
  readonly strategy?: DecisionStrategy;
  /**
   * The decision on a resource that no permission covers. Default: `deny`, as Feast's servers do.
   */
  readonly unsecured?: 'deny' | 'allow';
  /**
   * The decision in a project without permissions. Default: `allow-named`, as Feast's servers do,
   * so that a first permission can be applied: a subject with a user name may do everything, the
   * anonymous subject nothing.
   */
  readonly whenNoPermissions?: 'allow-named' | 'deny';
  /**
   * The treatment of a permission that has an unsupported name pattern, or that its reader did not
   * understand. Default: `throw`. With `exclude` it never grants, covers all that it could match
   * within the parts that were understood, and counts as a denial. Other mistakes in permissions
   * that a program writes throw in either case.
   */
  readonly onUnsupportedPattern?: 'throw' | 'exclude';
  /**
   * The version of Python that runs Feast. Name patterns mean what they mean to it: `\w`, `\d` and
   * case follow its Unicode tables, and some syntax is new in 3.11 or 3.14. Default: `3.12`, on
   * which Feast's images are built.
   */
  readonly python?: PythonVersion | undefined;
  /** Default: Feast's. */
  readonly vocabulary?: V;
  /** Policy kinds of your own, beside Feast's. */
  // biome-ignore lint/suspicious/noExplicitAny: a kind's data is checked by its own schema before its functions see it
  readonly policyKinds?: readonly PolicyKind<any>[];
  /**
   * The `auth` section of feature_store.yaml. With `no_auth` nothing is enforced and every decision
   * says so.
   */
  readonly auth?: { readonly type: 'no_auth' | 'oidc' | 'kubernetes' };
  /** The name of this version of the registry, for decisions. Default: a number that counts up. */
  readonly version?: string;
  /**
   * How covering permissions are found. `scan` tries every permission on every resource: a slow way
   * to the same answers, for tests. Default: `index`.
   */
  readonly matching?: 'index' | 'scan';
}

const CHOICES = {
  strategy: ['affirmative', 'consensus', 'unanimous'],
  unsecured: ['deny', 'allow'],
  whenNoPermissions: ['allow-named', 'deny'],
  onUnsupportedPattern: ['throw', 'exclude'],
  python: PYTHON_VERSIONS,
  matching: ['index', 'scan'],
} as const satisfies Partial<Record<keyof SnapshotOptions, readonly string[]>>;

export const SNAPSHOT_OPTIONS: OptionNames<SnapshotOptions<Vocabulary>> = {
  permissions: true,
  formerPermissions: true,
  resources: true,
  projects: true,
  defaultProject: true,
  strategy: true,
  unsecured: true,
  whenNoPermissions: true,
  onUnsupportedPattern: true,
  python: true,
  vocabulary: true,
  policyKinds: true,
  auth: true,
  version: true,
  matching: true,
};
/** Of `AuthorizerOptions`, whose shadow this file cannot import without a cycle. */
export const AUTHORIZER_OPTIONS = { onDecision: true, shadow: true } as const;

const AUTH_TYPES: readonly unknown[] = ['no_auth', 'oidc', 'kubernetes'];

/** @throws TypeError on an option of a wrong type, or with a value that it does not have */
export function assertOptions(options: SnapshotOptions<Vocabulary>): void {
  checkOptions<SnapshotOptions<Vocabulary>>(options, SNAPSHOT_OPTIONS, {
    '`createAuthorizer`': AUTHORIZER_OPTIONS,
  });
  for (const [option, choices] of Object.entries(CHOICES) as [
    keyof typeof CHOICES,
    readonly unknown[],
  ][]) {
    const value = options[option];
    if (value !== undefined && !choices.includes(value)) {
      throw new TypeError(
        `option ${option} is one of ${choices.join(', ')}, not ${quote(String(value))}`,
      );
    }
  }
  const { permissions, formerPermissions = [], resources = [], projects = [] } = options;
  const { defaultProject, auth } = options;
  if (!Array.isArray(permissions)) throw new TypeError('option permissions must be a list');
  if (!Array.isArray(formerPermissions)) {
    throw new TypeError('option formerPermissions must be a list');
  }
  if (!Array.isArray(resources)) throw new TypeError('option resources must be a list');
  // A string would be walked character by character.
  if (!Array.isArray(projects) || !projects.every((project) => typeof project === 'string')) {
    throw new TypeError('option projects must be a list of strings');
  }
  if (defaultProject !== undefined && typeof defaultProject !== 'string') {
    throw new TypeError('option defaultProject must be a string');
  }
  if (auth !== undefined && !AUTH_TYPES.includes(auth.type)) {
    throw new TypeError(
      `option auth.type is one of ${AUTH_TYPES.join(', ')}, not ${quote(String(auth.type))}`,
    );
  }
}
