import { count, listSome } from '../../audit/describe.js';
import type { Finding } from '../../audit/index.js';
import { quote } from '../../model/index.js';
import type { PolicyAnswer } from './evaluate.js';
import type { Excess } from './excess.js';
import {
  actionConditional,
  actionDenied,
  actionMissing,
  everyService,
  excessAction,
  excessResource,
  type IamFindingRule,
  literalVariable,
  malformed,
  principal,
  unknownAction,
} from './iam-rules.js';
import type { ActionAnswer } from './needed-actions.js';
import type { PolicyDocument, PolicyProblem, StatementReference } from './policy-document.js';

const PROBLEM_RULES: Readonly<Record<PolicyProblem['kind'], IamFindingRule>> = {
  malformed,
  principal,
  'literal-variable': literalVariable,
  'unknown-action': unknownAction,
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
  if (kind === 'action') {
    const actions = [
      ...new Set(group.flatMap((item) => (item.kind === 'action' ? item.action : []))),
    ];
    const what = `${count(actions.length, 'action')} that are not needed: ${listSome(actions)}`;
    return finding(excessAction, `${who} allows ${what}`, document);
  }
  const patterns = group.flatMap((item) => (item.kind === 'action' ? [] : namePattern(item)));
  if (kind === 'resource') {
    return finding(
      excessResource,
      `${who} allows actions of DynamoDB on ${listSome(patterns)}`,
      document,
    );
  }
  return finding(
    everyService,
    `${who} allows all of every service: ${listSome(patterns)}`,
    document,
  );
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

/** Needed actions that are not allowed, as findings: one for each resource, answer and statements behind it. */
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
      denied: `${who} denies ${what}`,
      missing: `nothing allows ${what}`,
      conditional: `${what} depends on the request: ${who}`,
    }[answer];
    return finding(ANSWER_RULES[answer], message, documentOf(decidedBy, documents));
  });
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
function nameStatement({ name }: PolicyDocument, { statement, sid }: StatementReference): string {
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
