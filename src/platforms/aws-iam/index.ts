export type {
  DynamoDbPolicyCheck,
  DynamoDbPolicyOptions,
} from './check-dynamodb-policy.js';
export {
  assertDynamoDbPolicyOptions,
  checkDynamoDbPolicy,
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
export type { IamFindingRule } from './iam-rules.js';
export { IAM_FINDING_RULES } from './iam-rules.js';
export type { ActionAnswer, ResourceAnswer } from './needed-actions.js';
export type { DynamoDbNeed } from './needs.js';
export { DYNAMODB_NEEDS } from './needs.js';
export type { StatementReference } from './policy-document.js';
export type { IamPolicyKind, IamPolicyReading, IamPolicyReadOptions } from './policy-kind.js';
export { iamPolicyKind } from './policy-kind.js';
export { MAX_DOCUMENTS } from './read-policies.js';
export type { DynamoDbTable } from './table-resources.js';
export { isTableArn } from './table-resources.js';
