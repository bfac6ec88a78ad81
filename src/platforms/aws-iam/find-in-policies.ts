import type { Finding } from '../../audit/index.js';
import { count, listSome } from '../../foundation/names.js';
import { quote } from '../../model/index.js';
import { hasExpired, type PolicyAnswer } from './evaluate.js';
import type { Excess } from './excess.js';
import {
  actionConditional,
  actionDenied,
  actionMissing,
  everyService,
  excessAction,
  excessResource,
  expired,
  type IamFindingRule,
  literalVariable,
  malformed,
  policyAbsent,
  principal,
  unknownAction,
  unknownName,
} from './iam-rules.js';
import type { ActionAnswer } from './needed-actions.js';
import type { PolicyDocument, PolicyProblem, StatementReference } from './policy-document.js';

const PROBLEM_RULES: Readonly<Record<PolicyProblem['kind'], IamFindingRule>> = {
  malformed,
  principal,
  absent: policyAbsent,
  'literal-variable': literalVariable,
  'unknown-action': unknownAction,
  'unknown-name': unknownName,
};

/** What is wrong with documents, as findings. */
export function describeProblems(documents: readonly PolicyDocument[]): readonly Finding[] {
  return documents.flatMap((document) =>
    document.problems.map(({ kind, message, reference }) => {
      const who =
        reference === undefined
          ? `policy ${quote(document.name)}`
          : nameStatement(document, reference);
      return finding(PROBLEM_RULES[kind], `${who} ${message}`, document);
    }),
  );
}

/** Statements that do nothing any more, as findings. */
export function describeExpired(
  documents: readonly PolicyDocument[],
  now: number,
): readonly Finding[] {
  return documents.flatMap((document) =>
    document.statements
      .filter((statement) => hasExpired(statement, now))
      .map(({ effect, reference, endsAt = now }) => {
        const does = effect === 'Allow' ? 'allows' : 'denies';
        const message = `${nameStatement(document, reference)} ${does} nothing since ${new Date(endsAt).toISOString()}, when its condition ended`;
        return finding(expired, message, document);
      }),
  );
}

/**
 * What is allowed beyond a need, as findings: one for each statement and kind.
 *
 * A role may need another service by its name. It cannot need all of them.
 */
export function describeExcess(
  excess: readonly Excess[],
  documents: readonly PolicyDocument[],
): readonly Finding[] {
  return Array.from(
    groupBy(
      excess.filter((item) => item.kind !== 'service' || item.everyService),
      ({ kind, allowedBy }) => `${kind} ${JSON.stringify(allowedBy)}`,
    ),
    (group) => describeGroup(group, documents),
  );
}

function describeGroup(
  group: readonly [Excess, ...Excess[]],
  documents: readonly PolicyDocument[],
): Finding {
  const [{ kind, allowedBy }] = group;
  const who = nameStatements(allowedBy, documents);
  const document = documentOf(allowedBy, documents);
  const does = allowedBy.length === 1 ? 'allows' : 'allow';
  if (kind === 'action') {
    const actions = [
      ...new Set(group.flatMap((item) => (item.kind === 'action' ? item.action : []))),
    ];
    const are = actions.length === 1 ? 'is' : 'are';
    const what = `${count(actions.length, 'action')} that ${are} not needed: ${listSome(actions)}`;
    return finding(excessAction, `${who} ${does} ${what}`, document);
  }
  const patterns = group.flatMap((item) => (item.kind === 'action' ? [] : namePattern(item)));
  if (kind === 'resource') {
    const kept = new Set(
      group.flatMap((item) => (item.kind === 'resource' ? (item.onNoResource ?? []) : [])),
    );
    const message = `${who} ${does} actions of DynamoDB on ${listSome(patterns)}`;
    return finding(excessResource, message + keepApart([...kept]), document);
  }
  return finding(
    everyService,
    `${who} ${does} all of every service: ${listSome(patterns)}`,
    document,
  );
}

/** These would be lost with the `*` in `Resource`. */
function keepApart(actions: readonly string[]): string {
  if (actions.length === 0) return '';
  const [work, them] = actions.length === 1 ? ['works', 'it'] : ['work', 'them'];
  return `; ${listSome(actions)} ${work} on \`*\` alone: keep ${them} in a statement of ${them === 'it' ? 'its' : 'their'} own`;
}

function namePattern({
  pattern,
  negated,
}: {
  readonly pattern: string;
  readonly negated: boolean;
}): string {
  return `${negated ? 'all but ' : ''}${quote(pattern)}`;
}

const ANSWER_RULES: Readonly<Record<Exclude<PolicyAnswer, 'allowed'>, IamFindingRule>> = {
  denied: actionDenied,
  missing: actionMissing,
  conditional: actionConditional,
};

/**
 * Needed actions that are not allowed, as findings: one for each resource, answer and statements
 * behind it.
 */
export function describeAnswers(
  answers: readonly ActionAnswer[],
  documents: readonly PolicyDocument[],
): readonly Finding[] {
  const refused = answers.flatMap(({ action, resources }) =>
    resources.flatMap(({ answer, ...rest }) =>
      answer === 'allowed' ? [] : { action, answer, ...rest },
    ),
  );
  const groups = groupBy(
    refused,
    ({ answer, resource, decidedBy }) => `${answer} ${resource} ${JSON.stringify(decidedBy)}`,
  );
  return Array.from(groups, (group) => {
    const [{ answer, resource, decidedBy }] = group;
    const what = `${listSome(group.map(({ action }) => action))} on ${quote(resource)}`;
    const who = nameStatements(decidedBy, documents);
    const message = {
      denied: `${who} ${decidedBy.length === 1 ? 'denies' : 'deny'} ${what}`,
      missing: `nothing allows ${what}`,
      conditional: `${what} ${group.length === 1 ? 'depends' : 'depend'} on the request: ${nameDeciders(decidedBy, documents)}`,
    }[answer];
    return finding(ANSWER_RULES[answer], message, documentOf(decidedBy, documents));
  });
}

/**
 * Statements that allow under conditions, and those that may deny: what to do about them differs.
 */
function nameDeciders(
  references: readonly StatementReference[],
  documents: readonly PolicyDocument[],
): string {
  const allows = references.filter(({ policy, statement }) =>
    documents[policy]?.statements.some(
      ({ effect, reference }) => effect === 'Allow' && reference.statement === statement,
    ),
  );
  const absent = references.filter(({ policy }) => documents[policy]?.isAbsent === true);
  const denials = references.filter(
    (reference) => !allows.includes(reference) && !absent.includes(reference),
  );
  return [
    ...(absent.length === 0 ? [] : [`${nameStatements(absent, documents)} may allow or deny`]),
    ...(allows.length === 0 ? [] : [`${nameStatements(allows, documents)} may allow`]),
    ...(denials.length === 0 ? [] : [`${nameStatements(denials, documents)} may deny`]),
  ].join(', ');
}

function groupBy<Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => string,
): Iterable<readonly [Item, ...Item[]]> {
  const groups = new Map<string, [Item, ...Item[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups.values();
}

function nameStatements(
  references: readonly StatementReference[],
  documents: readonly PolicyDocument[],
): string {
  return listSome(
    references.flatMap((reference) => {
      const document = documents[reference.policy];
      return document === undefined ? [] : nameStatement(document, reference);
    }),
  );
}

/** Statements count from 0, as in the result and in JSON pointers. */
function nameStatement(
  { name, isAbsent }: PolicyDocument,
  { statement, sid }: StatementReference,
): string {
  if (isAbsent === true) return `policy ${quote(name)}`;
  const label = sid === undefined ? '' : ` (${quote(sid)})`;
  return `statement ${statement}${label} of policy ${quote(name)}`;
}

/** The policy behind statements, where it is one. */
function documentOf(
  references: readonly StatementReference[],
  documents: readonly PolicyDocument[],
): PolicyDocument | undefined {
  const [policy, ...others] = new Set(references.map((reference) => reference.policy));
  return policy === undefined || others.length > 0 ? undefined : documents[policy];
}

function finding(
  { id, level }: IamFindingRule,
  message: string,
  document: PolicyDocument | undefined,
): Finding {
  if (document === undefined) return { rule: id, level, message };
  return { rule: id, level, message, permission: { project: null, name: document.name } };
}
