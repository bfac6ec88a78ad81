import { isPlainObject, quote } from '../../model/index.js';
import { DYNAMODB_ACTIONS } from './gen/dynamodb-actions.js';
import type {
  ActionPattern,
  Effect,
  PatternList,
  PolicyProblem,
  ResourcePattern,
  Statement,
  StatementReference,
} from './policy-document.js';
import { WildcardPattern } from './wildcard-pattern.js';

const ELEMENTS: ReadonlySet<string> = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

/** What a statement is read with. */
export interface StatementContext {
  readonly reference: StatementReference;
  /** Whether `${…}` is a policy variable: from version 2012-10-17 on. */
  readonly variables: boolean;
  /** Called with each problem. */
  readonly report: (kind: PolicyProblem['kind'], message: string) => void;
}

/** A statement, or what it may do where it is not understood. */
export type StatementReading =
  | { readonly statement: Statement }
  | { readonly statement: undefined; readonly mayDeny: boolean };

/**
 * Reads one statement of an identity policy.
 *
 * What is not understood allows nothing, and may deny: entries of `Action` and `Resource` that are none are left out of an
 * `Allow`; anything else makes the whole statement one that is not understood.
 *
 * @source docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function readStatement(value: unknown, context: StatementContext): StatementReading {
  const { report, reference } = context;
  if (!isPlainObject(value)) {
    report('malformed', 'is no object');
    return { statement: undefined, mayDeny: true };
  }
  const effect = readEffect(value['Effect']);
  const notUnderstood = { statement: undefined, mayDeny: effect !== 'Allow' } as const;
  const isSound = checkElements(value, context) && effect !== undefined;
  if (effect === undefined) report('malformed', '`Effect` must be `Allow` or `Deny`');
  const actions = readList(value, 'Action', (source) => readAction(source, context));
  const resources = readList(value, 'Resource', (source) => readResource(source, context));
  for (const [element, list] of [
    ['Action', actions],
    ['Resource', resources],
  ] as const) {
    if (list !== undefined) continue;
    report('malformed', `needs \`${element}\` or \`Not${element}\`, with a text or a list of them`);
  }
  if (!isSound || actions === undefined || resources === undefined) return notUnderstood;
  if (isWidened(actions, effect) || isWidened(resources, effect)) return notUnderstood;
  const conditional = value['Condition'] !== undefined && !isEmptyObject(value['Condition']);
  return {
    statement: { reference, effect, conditional, actions: actions.list, resources: resources.list },
  };
}

interface ListReading<Pattern> {
  readonly list: PatternList<Pattern>;
  readonly isComplete: boolean;
}

/** Whether what was left out of a list makes a statement reach further, or deny less. */
function isWidened({ list, isComplete }: ListReading<unknown>, effect: Effect): boolean {
  return !isComplete && (list.negated || effect === 'Deny');
}

/** `undefined` where there is no list, two of them, an empty one or one of something else than texts. */
function readList<Pattern>(
  value: Readonly<Record<string, unknown>>,
  element: 'Action' | 'Resource',
  read: (source: string) => Pattern | undefined,
): ListReading<Pattern> | undefined {
  const negated = value[`Not${element}`] !== undefined;
  if (negated && value[element] !== undefined) return undefined;
  const given = value[negated ? `Not${element}` : element];
  const sources: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (sources.length === 0 || !sources.every((source) => typeof source === 'string'))
    return undefined;
  const patterns = sources.map(read).filter((pattern) => pattern !== undefined);
  return { list: { negated, patterns }, isComplete: patterns.length === sources.length };
}

function readEffect(value: unknown): Effect | undefined {
  return value === 'Allow' || value === 'Deny' ? value : undefined;
}

function checkElements(
  value: Readonly<Record<string, unknown>>,
  { report }: StatementContext,
): boolean {
  const unknown = Object.keys(value).filter((element) => !ELEMENTS.has(element));
  for (const element of unknown) report('malformed', `has an unknown element ${quote(element)}`);
  const principal = ['Principal', 'NotPrincipal'].find((element) => value[element] !== undefined);
  if (principal !== undefined) {
    report(
      'principal',
      `names a \`${principal}\`, which a policy of a user, group or role may not`,
    );
  }
  const isSidSound = value['Sid'] === undefined || isSid(value['Sid']);
  if (!isSidSound) report('malformed', '`Sid` must be made of letters and digits');
  const isConditionSound = value['Condition'] === undefined || isCondition(value['Condition']);
  if (!isConditionSound) report('malformed', '`Condition` must map operators to keys and values');
  return unknown.length === 0 && principal === undefined && isSidSound && isConditionSound;
}

/** @source reference_policies_elements_sid.html */
export function isSid(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9]*$/.test(value);
}

function isEmptyObject(value: unknown): boolean {
  return isPlainObject(value) && Object.keys(value).length === 0;
}

function isCondition(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  return Object.values(value).every(
    (keys) => isPlainObject(keys) && Object.values(keys).every(isConditionValue),
  );
}

function isConditionValue(value: unknown): boolean {
  if (Array.isArray(value))
    return value.every((item) => !Array.isArray(item) && isConditionValue(item));
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

const ACTION = /^(?<service>[a-z0-9-]+|\*):(?<name>[a-z0-9*?]+)$/;

/** @source reference_policies_elements_action.html: wildcards are described for the name of an action, not its service */
function readAction(source: string, { report }: StatementContext): ActionPattern | undefined {
  // `*` and `*:*` are the only ones for all services.
  const text = source === '*' ? '*:*' : source;
  const isText = /^[\x21-\x7e]*$/.test(text);
  const parts = isText ? ACTION.exec(text.toLowerCase())?.groups : undefined;
  const service = parts?.['service'];
  const name = parts?.['name'];
  if (service === undefined || name === undefined || (service === '*' && name !== '*')) {
    report('malformed', `names ${quote(source)}, which is no action${suggestAction(source)}`);
    return undefined;
  }
  const names = new Set(service === 'dynamodb' || service === '*' ? listMatching(name) : []);
  if (service === 'dynamodb' && names.size === 0) {
    report('unknown-action', `names ${quote(source)}, which matches no action of DynamoDB`);
  }
  return { source, service, names };
}

const LOWER_CASE_NAMES: readonly (readonly [string, string])[] = DYNAMODB_ACTIONS.map(
  ({ name }) => [name, name.toLowerCase()],
);

function listMatching(source: string): readonly string[] {
  const pattern = WildcardPattern.read(source, false);
  return LOWER_CASE_NAMES.flatMap(([name, text]) =>
    pattern?.matches({ text, open: false }) === 'all' ? name : [],
  );
}

/** For what people write instead of the colon. */
function suggestAction(source: string): string {
  const written = source.toLowerCase();
  const meant = DYNAMODB_ACTIONS.find(({ name }) => {
    const small = name.toLowerCase();
    return written === small || (written.length === small.length + 9 && written.endsWith(small));
  });
  return meant === undefined ? '' : `; did you mean \`dynamodb:${meant.name}\`?`;
}

/** @source reference_policies_elements_resource.html: no wildcard in the service of an ARN */
function readResource(
  source: string,
  { report, variables }: StatementContext,
): ResourcePattern | undefined {
  const arn = WildcardPattern.read(source, variables);
  const service =
    source === '*' ? '*' : /^arn:[^:]+:(?<service>[a-z0-9-]+):/.exec(source)?.groups?.['service'];
  if (arn === undefined || service === undefined) {
    report('malformed', `names ${quote(source)}, which is neither \`*\` nor the ARN of a resource`);
    return undefined;
  }
  if (!variables && source.includes('${')) {
    report(
      'literal-variable',
      `names ${quote(source)}, whose variable is plain text before version 2012-10-17`,
    );
  }
  return { source, service, arn };
}
