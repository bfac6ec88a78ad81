import { checkOptions, type OptionNames } from '../foundation/options.js';
import {
  type FeastVocabulary,
  feastVocabulary,
  type Permission,
  type PermissionContext,
  type PermissionInput,
  type PolicyKind,
  parsePermission,
  type Vocabulary,
} from '../model/index.js';
import { allowAll, FEAST_POLICY_KINDS, policyKindMap } from './kinds.js';

/** The vocabulary and the policy kinds that a permission is checked against. */
export interface DefinePermissionOptions<V extends Vocabulary> {
  /** Default: Feast's. */
  readonly vocabulary?: V;
  /** Kinds of your own, beside Feast's five. */
  // biome-ignore lint/suspicious/noExplicitAny: a kind's data is checked by its own schema before its functions see it
  readonly policyKinds?: readonly PolicyKind<any>[];
}

const DEFINE_OPTIONS: OptionNames<DefinePermissionOptions<Vocabulary>> = {
  vocabulary: true,
  policyKinds: true,
};

/**
 * Checks a permission and freezes it.
 *
 * Name patterns are parsed where a snapshot is compiled; everything else is checked here.
 *
 * @throws {@link PermissionInvalidError} naming the field; with all problems in its `errors`
 * @source Feast documentation, "Permission" concepts page
 * @example
 * definePermission({
 *   name: 'risk-readers',
 *   types: ['FeatureView', 'FeatureService'],
 *   namePatterns: 'risk_.*',
 *   actions: ['describe', 'READ'],
 *   policy: roles('risk-analyst'),
 * });
 */
export function definePermission<V extends Vocabulary = FeastVocabulary>(
  input: PermissionInput<V>,
  options: DefinePermissionOptions<V> = {},
): Permission<V> {
  checkOptions<DefinePermissionOptions<Vocabulary>>(options, DEFINE_OPTIONS);
  return parsePermission(input, permissionContext(options)) as Permission<V>;
}

/**
 * What permissions are checked against: a vocabulary, and Feast's policy kinds with those of the
 * caller.
 */
export function permissionContext(
  options: DefinePermissionOptions<Vocabulary> = {},
): PermissionContext {
  const { vocabulary = feastVocabulary, policyKinds = [] } = options;
  if (vocabulary === feastVocabulary && policyKinds.length === 0) return FEAST_CONTEXT;
  return {
    vocabulary,
    policyKinds: policyKindMap([...FEAST_POLICY_KINDS.values(), ...policyKinds]),
    defaultPolicy: allowAll(),
  };
}

const FEAST_CONTEXT: PermissionContext = Object.freeze({
  vocabulary: feastVocabulary,
  policyKinds: FEAST_POLICY_KINDS,
  defaultPolicy: Object.freeze(allowAll()),
});
