import { isPlainObject, quote } from '../../model/index.js';
import type { DynamoDbAction, DynamoDbResourceType } from './dynamodb-action.js';
import type { Target } from './wildcard-pattern.js';

/** A table: its ARN, or what its ARN is made of. */
export type DynamoDbTable =
  | string
  | {
      readonly region: string;
      /** Twelve digits. */
      readonly account: string;
      readonly table: string;
      /** Default: `aws`. */
      readonly partition?: string;
    };

/** A table with all that an action on it may be about. */
export interface TableResources {
  readonly table: string;
  readonly indexes: readonly string[];
  readonly globalTable: string;
}

const TABLE_ARN =
  /^arn:(?<partition>aws(?:-[a-z]{1,20}){0,4}):dynamodb:(?<region>[a-z0-9-]{1,40}):(?<account>\d{12}):table\/(?<table>[a-zA-Z0-9_.-]{3,255})$/;
const NAME = /^[a-zA-Z0-9_.-]{3,255}$/;

/** Whether a text is the ARN of a table of DynamoDB. */
export function isTableArn(text: string): boolean {
  return TABLE_ARN.test(text);
}

/**
 * The ARNs of a table, its indexes and its global table.
 *
 * @param indexes names of secondary indexes
 * @param globalTable name of the global table; default: the table's name, which DynamoDB demands of
 *   the tables of one
 * @throws TypeError on other ARNs than those of DynamoDB tables, indexes and global tables
 * @source AWS service authorization reference, Amazon DynamoDB, resource types: a global table's
 *   ARN has no region
 */
export function readTable(
  table: DynamoDbTable,
  indexes: readonly string[],
  globalTable: string | undefined,
): TableResources {
  const arn = typeof table === 'string' ? table : composeArn(table);
  const parts = TABLE_ARN.exec(arn)?.groups;
  if (parts === undefined) {
    throw new TypeError(`${quote(arn)} is not the ARN of a DynamoDB table`);
  }
  const globalName = globalTable ?? parts['table'] ?? '';
  for (const name of [...indexes, globalName]) {
    if (typeof name !== 'string' || !NAME.test(name)) {
      throw new TypeError(`${quote(String(name))} is not the name of a DynamoDB index or table`);
    }
  }
  return {
    table: arn,
    indexes: indexes.map((index) => `${arn}/index/${index}`),
    globalTable: `arn:${parts['partition']}:dynamodb::${parts['account']}:global-table/${globalName}`,
  };
}

/** An ARN only if all parts of it are texts. */
function composeArn(table: unknown): string {
  if (!isPlainObject(table)) throw new TypeError('a table is an ARN, or an object that makes one');
  const { partition = 'aws', region, account, table: name } = table;
  const parts = ['arn', partition, 'dynamodb', region, account, name];
  if (!parts.every((part) => typeof part === 'string')) {
    throw new TypeError('the region, account and name of a table must be texts');
  }
  return `${parts.slice(0, -1).join(':')}:table/${parts.at(-1)}`;
}

/**
 * The resources of a table that an action needs. All of them: with one missing, a request may be
 * refused.
 */
export function neededResources(
  { resourceTypes }: DynamoDbAction,
  { table, indexes, globalTable }: TableResources,
): readonly string[] {
  return resourceTypes.flatMap((type) => {
    if (type === 'table') return [table];
    if (type === 'global-table') return [globalTable];
    return type === 'index' ? indexes : [];
  });
}

/** Parts of a table whose names are not known beforehand. */
const NAMED_PARTS: ReadonlySet<DynamoDbResourceType> = new Set([
  'index',
  'stream',
  'backup',
  'export',
  'import',
]);

/** All that an action can be about on a table: a grant on any part of it is a grant. */
export function possibleResources(
  { resourceTypes }: DynamoDbAction,
  { table, globalTable }: TableResources,
): readonly Target[] {
  if (resourceTypes.length === 0) return [{ text: '*', open: false }];
  return resourceTypes.map((type) => {
    if (NAMED_PARTS.has(type)) return { text: `${table}/${type}/`, open: true };
    return { text: type === 'table' ? table : globalTable, open: false };
  });
}
