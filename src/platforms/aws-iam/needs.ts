/**
 * What a role is for: writing an online store from a cluster, or reading it from a serving
 * endpoint.
 */
export type DynamoDbNeed = 'publish' | 'lookup';

/**
 * The actions that each need consists of, without `dynamodb:`.
 *
 * @source Databricks, "Authentication for working with online stores": the 22 actions of write
 * authentication. Those of reading are the ones among them to which AWS gives the access level
 * Read; Databricks asks for a role with write permission there too, which is more than looking up
 * takes.
 */
export const DYNAMODB_NEEDS: Readonly<Record<DynamoDbNeed, readonly string[]>> = Object.freeze({
  publish: Object.freeze([
    'BatchGetItem',
    'BatchWriteItem',
    'ConditionCheckItem',
    'CreateGlobalTable',
    'CreateTable',
    'DeleteItem',
    'DeleteTable',
    'DescribeTable',
    'DescribeTableReplicaAutoScaling',
    'DescribeTimeToLive',
    'GetItem',
    'PartiQLDelete',
    'PartiQLInsert',
    'PartiQLSelect',
    'PartiQLUpdate',
    'PutItem',
    'Query',
    'Scan',
    'UpdateGlobalTableSettings',
    'UpdateItem',
    'UpdateTable',
    'UpdateTimeToLive',
  ]),
  lookup: Object.freeze([
    'BatchGetItem',
    'ConditionCheckItem',
    'DescribeTable',
    'DescribeTableReplicaAutoScaling',
    'DescribeTimeToLive',
    'GetItem',
    'PartiQLSelect',
    'Query',
    'Scan',
  ]),
});
