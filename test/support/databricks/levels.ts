/**
 * The objects of the permissions API: what an answer calls them, and their levels from the weakest
 * to the strongest.
 */
export interface ObjectKind {
  readonly answerType: string;
  readonly levels: readonly string[];
}

const USE_OR_MANAGE = ['CAN_USE', 'CAN_MANAGE'];
const STAGES = ['CAN_MANAGE_STAGING_VERSIONS', 'CAN_MANAGE_PRODUCTION_VERSIONS'];

/** By the type in the path of a request. */
export const OBJECT_KINDS: ReadonlyMap<string, ObjectKind> = new Map([
  kind('serving-endpoints', 'serving-endpoint', ['CAN_VIEW', 'CAN_QUERY', 'CAN_MANAGE']),
  kind('registered-models', 'registered-model', ['CAN_READ', 'CAN_EDIT', ...STAGES, 'CAN_MANAGE']),
  kind('authorization', 'tokens', USE_OR_MANAGE),
  kind('experiments', 'mlflowExperiment', ['CAN_READ', 'CAN_EDIT', 'CAN_MANAGE']),
  kind('jobs', 'job', ['CAN_VIEW', 'CAN_MANAGE_RUN', 'IS_OWNER', 'CAN_MANAGE']),
  kind('vector-search-endpoints', 'vector-search-endpoints', USE_OR_MANAGE),
  kind('apps', 'apps', USE_OR_MANAGE),
  kind('database-instances', 'database-instances', USE_OR_MANAGE),
  kind('database-projects', 'database-projects', USE_OR_MANAGE),
  kind('knowledge-assistants', 'knowledge-assistants', ['CAN_QUERY', 'CAN_MANAGE']),
  kind('supervisor-agents', 'supervisor-agents', ['CAN_QUERY', 'CAN_MANAGE']),
  kind('pipelines', 'pipelines', ['CAN_VIEW', 'CAN_RUN', 'IS_OWNER', 'CAN_MANAGE']),
  kind('sql/warehouses', 'warehouses', [
    'CAN_VIEW',
    'CAN_USE',
    'CAN_MONITOR',
    'IS_OWNER',
    'CAN_MANAGE',
  ]),
]);

function kind(type: string, answerType: string, levels: readonly string[]): [string, ObjectKind] {
  return [type, { answerType, levels }];
}
