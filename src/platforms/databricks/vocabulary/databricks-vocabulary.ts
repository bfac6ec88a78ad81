import {
  type ActionOf,
  defineVocabulary,
  type TypeOf,
  type Vocabulary,
} from '../../../model/index.js';

type Action =
  | 'CAN_VIEW'
  | 'CAN_QUERY'
  | 'CAN_READ'
  | 'CAN_EDIT'
  | 'CAN_MANAGE_STAGING_VERSIONS'
  | 'CAN_MANAGE_PRODUCTION_VERSIONS'
  | 'CAN_USE'
  | 'CAN_MANAGE'
  | 'READ'
  | 'WRITE'
  | 'MANAGE'
  | 'ACCESS'
  | 'CREATE_CONNECTION'
  | 'PUBLISH'
  | 'LOOKUP';

type Type =
  | 'ServingEndpoint'
  | 'RegisteredModel'
  | 'SecretScope'
  | 'ServiceCredential'
  | 'Tokens'
  | 'OnlineStore';

/** The objects of a Databricks workspace that services use, and what can be done to them. */
export type DatabricksVocabulary = Vocabulary<Action, Type, never, never>;
/** An action of `databricksVocabulary`. */
export type DatabricksAction = ActionOf<DatabricksVocabulary>;
/** A resource type of `databricksVocabulary`. */
export type DatabricksType = TypeOf<DatabricksVocabulary>;

/**
 * The vocabulary of a Databricks workspace.
 *
 * No action implies another one here: an implication would hold for every type, and CAN_MANAGE
 * would answer yes for actions that its type does not have. {@link levelActions} says what a level
 * includes, type by type.
 *
 * @source Databricks documentation, "Access control lists", "Secret access control", "Manage
 *   service credentials"
 */
export const databricksVocabulary: DatabricksVocabulary = defineVocabulary({
  name: 'databricks',
  actions: {
    CAN_VIEW: {},
    CAN_QUERY: {},
    CAN_READ: {},
    CAN_EDIT: {},
    CAN_MANAGE_STAGING_VERSIONS: {},
    CAN_MANAGE_PRODUCTION_VERSIONS: {},
    CAN_USE: {},
    CAN_MANAGE: {},
    READ: {},
    WRITE: {},
    MANAGE: {},
    ACCESS: {},
    CREATE_CONNECTION: {},
    PUBLISH: {},
    LOOKUP: {},
  },
  types: {
    ServingEndpoint: {},
    RegisteredModel: {},
    SecretScope: {},
    ServiceCredential: {},
    Tokens: {},
    OnlineStore: {},
  },
});

/** The levels of one type. */
export interface TypeLevels {
  /** Whether a level includes the ones before it. */
  readonly ordered: boolean;
  /** From the weakest to the strongest where they are ordered. */
  readonly levels: readonly DatabricksAction[];
}

/** The levels that each type has. What is not here does not exist, and is never granted. */
export const LEVELS: Readonly<Record<DatabricksType, TypeLevels>> = Object.freeze({
  ServingEndpoint: levels(true, 'CAN_VIEW', 'CAN_QUERY', 'CAN_MANAGE'),
  RegisteredModel: levels(
    true,
    'CAN_READ',
    'CAN_EDIT',
    'CAN_MANAGE_STAGING_VERSIONS',
    'CAN_MANAGE_PRODUCTION_VERSIONS',
    'CAN_MANAGE',
  ),
  SecretScope: levels(true, 'READ', 'WRITE', 'MANAGE'),
  ServiceCredential: levels(false, 'ACCESS', 'CREATE_CONNECTION', 'MANAGE'),
  Tokens: levels(true, 'CAN_USE', 'CAN_MANAGE'),
  OnlineStore: levels(false, 'PUBLISH', 'LOOKUP'),
});

/**
 * Everything on a service credential but the right to manage it. @source Unity Catalog privileges
 * reference
 */
export const ALL_PRIVILEGES = 'ALL_PRIVILEGES';

/**
 * What holding a level on an object of a type allows: the level and the weaker ones of the same
 * type.
 *
 * Shape: `level` as Databricks writes it, in upper case; undefined when the type has no such level.
 *
 * @example
 * levelActions('ServingEndpoint', 'CAN_QUERY'); // ['CAN_VIEW', 'CAN_QUERY']
 * levelActions('ServingEndpoint', 'CAN_READ'); // undefined
 */
export function levelActions(
  type: DatabricksType,
  level: string,
): readonly DatabricksAction[] | undefined {
  if (type === 'ServiceCredential' && level === ALL_PRIVILEGES)
    return ['ACCESS', 'CREATE_CONNECTION'];
  const { ordered, levels } = LEVELS[type];
  const at = (levels as readonly string[]).indexOf(level);
  return at < 0 ? undefined : levels.slice(ordered ? 0 : at, at + 1);
}

function levels(ordered: boolean, ...names: readonly DatabricksAction[]): TypeLevels {
  return Object.freeze({ ordered, levels: Object.freeze(names) });
}
