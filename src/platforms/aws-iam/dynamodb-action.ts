/** What AWS says an action does. */
export type AccessLevel =
  | 'Read'
  | 'Write'
  | 'List'
  | 'Tagging, Write'
  | 'Permissions management, Write';

/**
 * Kinds of resources that DynamoDB's actions are about. An action about none of them asks for `*`.
 */
export type DynamoDbResourceType =
  | 'table'
  | 'index'
  | 'global-table'
  | 'stream'
  | 'backup'
  | 'export'
  | 'import';

/** One action of DynamoDB as AWS's service authorization reference lists it. */
export interface DynamoDbAction {
  /** Without `dynamodb:`. */
  readonly name: string;
  readonly level: AccessLevel;
  readonly resourceTypes: readonly DynamoDbResourceType[];
}
