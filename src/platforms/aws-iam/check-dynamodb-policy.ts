import type { Finding } from '../../audit/index.js';
import { checkOptions, type OptionNames } from '../../foundation/options.js';
import { PolicyEvaluator } from './evaluate.js';
import { type Excess, findExcess } from './excess.js';
import {
  describeAnswers,
  describeExcess,
  describeExpired,
  describeProblems,
} from './find-in-policies.js';
import { sortFindings } from './iam-rules.js';
import { type ActionAnswer, answerNeeds } from './needed-actions.js';
import { DYNAMODB_NEEDS, type DynamoDbNeed } from './needs.js';
import { readPolicies } from './read-policies.js';
import { type DynamoDbTable, readTable, type TableResources } from './table-resources.js';

/** What policies are checked for. */
export interface DynamoDbPolicyOptions {
  /** What the role has to do. `publish` includes `lookup`. */
  readonly need: DynamoDbNeed;
  /** The tables of the online store, at least one. */
  readonly table: DynamoDbTable | readonly DynamoDbTable[];
  /** Names of secondary indexes that each table has and that are queried. Default: none. */
  readonly indexes?: readonly string[];
  /** Name of the global table. Default: that of the table. */
  readonly globalTable?: string;
  /** What messages call the policies, in their order. Default: `policy 0`, `policy 1`, … */
  readonly names?: readonly string[];
  /** Milliseconds since 1970: statements whose conditions ended before do nothing. Default: now. */
  readonly now?: number;
}

const POLICY_OPTIONS: OptionNames<DynamoDbPolicyOptions> = {
  need: true,
  table: true,
  indexes: true,
  globalTable: true,
  names: true,
  now: true,
};

/** What may still refuse what a user, group or role is allowed. */
const NOT_CONSIDERED: readonly string[] = Object.freeze([
  'service control policies',
  'resource control policies',
  'permissions boundaries',
  'session policies',
  'resource-based policies',
  'VPC endpoint policies',
]);

/** What identity policies together are worth for an online store in DynamoDB. */
export interface DynamoDbPolicyCheck {
  /**
   * Whether everything that is needed is allowed whatever the request, by documents that AWS
   * accepts.
   */
  readonly allowed: boolean;
  /** One for each needed action, in the order of their names. */
  readonly actions: readonly ActionAnswer[];
  /** Those of `actions` that nothing allows, or that a statement denies. */
  readonly missing: readonly ActionAnswer[];
  /** Those of `actions` about which the request decides. */
  readonly conditional: readonly ActionAnswer[];
  /** What is allowed and not needed. */
  readonly excessive: readonly Excess[];
  /** All of it for people, in the shape of the audit's findings. */
  readonly findings: readonly Finding[];
  /** What was not looked at, and may refuse what is allowed here. */
  readonly notConsidered: readonly string[];
}

/** The most tables that one check takes. */
export const MAX_TABLES = 100;
/** DynamoDB lets a table have 25 unless its quota is raised. */
const MAX_INDEXES = 100;

/**
 * Whether the identity policies of a user or role let Databricks publish to an online store in
 * DynamoDB, or look features up there, and what they allow beyond that.
 *
 * Nothing about AWS is asked: policies are texts. A statement with a condition or a policy variable
 * makes an answer `conditional`. What is not understood allows nothing, may deny, and makes
 * `allowed` false.
 *
 * @param documents a policy document, or all those of a role: JSON text, or what it was parsed into
 * @throws TypeError if an option is invalid; never because of a document
 * @source docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @example
 * checkDynamoDbPolicy(document, {
 *   need: 'lookup',
 *   table: 'arn:aws:dynamodb:eu-west-1:123456789012:table/features',
 * }).missing.map(({ action }) => action) // ['dynamodb:Query']
 */
export function checkDynamoDbPolicy(
  documents: unknown,
  options: DynamoDbPolicyOptions,
): DynamoDbPolicyCheck {
  checkOptions<DynamoDbPolicyOptions>(options, POLICY_OPTIONS);
  const tables = readTables(options);
  const needed = readNeed(options.need);
  const policies = readPolicies(documents, options.names);
  const now = readNow(options.now);
  const evaluator = new PolicyEvaluator(policies, now);
  const actions = answerNeeds(evaluator, needed, tables);
  const excessive = findExcess(evaluator, needed, tables);
  return {
    allowed:
      policies.every(({ isAccepted }) => isAccepted) &&
      actions.every(({ answer }) => answer === 'allowed'),
    actions,
    missing: actions.filter(({ answer }) => answer === 'missing' || answer === 'denied'),
    conditional: actions.filter(({ answer }) => answer === 'conditional'),
    excessive,
    findings: sortFindings([
      ...describeProblems(policies),
      ...describeExpired(policies, now),
      ...describeAnswers(actions, policies),
      ...describeExcess(excessive, policies),
    ]),
    notConsidered: NOT_CONSIDERED,
  };
}

/**
 * Refuses options that {@link checkDynamoDbPolicy} would refuse, before there is a policy.
 *
 * @throws TypeError if an option is invalid
 */
export function assertDynamoDbPolicyOptions(options: DynamoDbPolicyOptions): void {
  checkOptions<DynamoDbPolicyOptions>(options, POLICY_OPTIONS);
  readTables(options);
  readNeed(options.need);
  readNow(options.now);
}

/** @throws TypeError if `now` is not a time in milliseconds */
export function readNow(now: unknown = Date.now()): number {
  if (typeof now !== 'number' || !Number.isFinite(now)) {
    throw new TypeError('`now` must be a number of milliseconds since 1970');
  }
  return now;
}

function readNeed(need: unknown): ReadonlySet<string> {
  if (need !== 'publish' && need !== 'lookup') {
    throw new TypeError('`need` must be `publish` or `lookup`');
  }
  return new Set(DYNAMODB_NEEDS[need]);
}

function readTables({
  table,
  indexes = [],
  globalTable,
}: DynamoDbPolicyOptions): readonly TableResources[] {
  const tables: readonly DynamoDbTable[] = isList(table) ? table : [table];
  if (tables.length === 0 || tables.length > MAX_TABLES) {
    throw new TypeError(`there must be between 1 and ${MAX_TABLES} tables`);
  }
  if (!Array.isArray(indexes) || indexes.length > MAX_INDEXES) {
    throw new TypeError(`\`indexes\` must be a list of at most ${MAX_INDEXES} names`);
  }
  return tables.map((one) => readTable(one, indexes, globalTable));
}

/** `Array.isArray` does not tell readonly lists apart. */
function isList<Item>(value: Item | readonly Item[]): value is readonly Item[] {
  return Array.isArray(value);
}
