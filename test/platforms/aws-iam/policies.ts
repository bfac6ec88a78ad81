import { checkDynamoDbPolicy, type PolicyAnswer } from '../../../src/platforms/aws-iam/index.js';
import { TABLE } from './random-policy.js';

type Fields = Readonly<Record<string, unknown>>;

/** A policy of version 2012-10-17. */
export function policy(...statements: readonly Fields[]): Fields {
  return { Version: '2012-10-17', Statement: statements };
}

/**
 * A statement that allows GetItem on the table, unless `fields` say something else; `undefined`
 * leaves a field out.
 */
export function allow(fields: Fields = {}): Fields {
  const all = { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: TABLE, ...fields };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** The same that denies. */
export function deny(fields: Fields = {}): Fields {
  return allow({ Effect: 'Deny', ...fields });
}

/** What is answered for GetItem on the table. */
export function answerOf(...documents: readonly unknown[]): PolicyAnswer | undefined {
  const { actions } = checkDynamoDbPolicy(documents, { need: 'lookup', table: TABLE });
  return actions.find(({ action }) => action === 'dynamodb:GetItem')?.answer;
}
