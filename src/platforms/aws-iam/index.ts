export {
  assertDynamoDbPolicyOptions,
  checkDynamoDbPolicy,
  type DynamoDbPolicyCheck,
  type DynamoDbPolicyOptions,
  MAX_TABLES,
} from './check-dynamodb-policy.js';
export type { AccessLevel, DynamoDbAction, DynamoDbResourceType } from './dynamodb-action.js';
export type { PolicyAnswer, PolicyDecision } from './evaluate.js';
export type {
  Excess,
  ExcessiveAction,
  ExcessiveResource,
  ExcessiveService,
} from './excess.js';
export { DYNAMODB_ACTIONS } from './gen/dynamodb-actions.js';
export { IAM_FINDING_RULES, type IamFindingRule } from './iam-rules.js';
export type { ActionAnswer, ResourceAnswer } from './needed-actions.js';
export { DYNAMODB_NEEDS, type DynamoDbNeed } from './needs.js';
export type { StatementReference } from './policy-document.js';
export {
  type IamPolicyKind,
  type IamPolicyReading,
  type IamPolicyReadOptions,
  iamPolicyKind,
} from './policy-kind.js';
export { MAX_DOCUMENTS } from './read-policies.js';
export { type DynamoDbTable, isTableArn } from './table-resources.js';
