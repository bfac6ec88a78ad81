import { findNearest } from '../../foundation/did-you-mean.js';
import { parseJsonObject } from '../../foundation/json.js';
import { isPlainObject, quote } from '../../model/index.js';
import { isSid } from './check-elements.js';
import type {
  PolicyDocument,
  PolicyProblem,
  Statement,
  StatementReference,
} from './policy-document.js';
import { readStatement } from './read-statement.js';
import { suggest } from './statement-context.js';
import { isTemplateValue } from './template-values.js';

/** Longest text in characters. */
const MAX_LENGTH = 65_536;
/**
 * Most characters of names and texts. AWS stores no document of more than 10,240, white space not
 * counted.
 */
const MAX_SIZE = 12_288;
const MAX_DEPTH = 32;
/**
 * Of a document. The shortest statement that AWS accepts has more than a 256th of the longest
 * document.
 */
const MAX_STATEMENTS = 256;
/** Of a document: who has mended these looks again. */
const MAX_PROBLEMS = 100;

const ELEMENTS: readonly string[] = ['Version', 'Id', 'Statement'];
/** The later one first: it is the one that new policies need. */
const VERSIONS: readonly string[] = ['2012-10-17', '2008-10-17'];

/**
 * Reads an identity policy, and says what is wrong with it.
 *
 * Never throws: a document that is not understood allows nothing and may deny everything.
 *
 * @param document JSON text, or what it was parsed into. Of a text it is known that no member is
 *   given twice
 * @param index of the policy among those that are read together
 * @source docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html,
 * reference_policies_elements_version.html
 */
export function readPolicy(document: unknown, index: number, name: string): PolicyDocument {
  const value = readObject(document);
  if (typeof value === 'string') return notUnderstood(value, index, name);
  const entries = listStatements(value['Statement']);
  if (entries.length > MAX_STATEMENTS) {
    return notUnderstood('has more statements than AWS stores', index, name);
  }
  const problems = new ProblemList();
  const isSound = checkTop(value, (message) => problems.add({ kind: 'malformed', message }));
  const statements: Statement[] = [];
  const mayDeny: StatementReference[] = [];
  for (const [at, entry] of entries.entries()) {
    const reference = referTo(entry, index, at);
    const reading = readStatement(entry, {
      reference,
      variables: value['Version'] === '2012-10-17',
      report: (kind, message) => problems.add({ kind, message, reference }),
    });
    if (reading.statement !== undefined) statements.push(reading.statement);
    else if (reading.mayDeny) mayDeny.push(reference);
  }
  reportRepeatedSids(statements, problems);
  const { isAccepted, listed } = problems;
  if (isSound) return { name, statements, mayDeny, isAccepted, problems: listed };
  // The rest of the document has no defined meaning.
  const denials = statements.filter(({ effect }) => effect === 'Deny');
  mayDeny.push(...denials.map(({ reference }) => reference));
  return { name, statements: [], mayDeny, isAccepted, problems: listed };
}

/** The problems of a document: the first ones of them, and what all of them mean. */
class ProblemList {
  readonly listed: PolicyProblem[] = [];
  isAccepted = true;

  add(problem: PolicyProblem): void {
    if (problem.kind === 'malformed' || problem.kind === 'principal') this.isAccepted = false;
    if (this.listed.length < MAX_PROBLEMS) this.listed.push(problem);
  }
}

function listStatements(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** The object that a document is, or what is wrong with it. */
function readObject(document: unknown): Readonly<Record<string, unknown>> | string {
  if (typeof document === 'string' && document.length > MAX_LENGTH) {
    return 'is longer than any that AWS stores';
  }
  const value = typeof document === 'string' ? parseJsonObject(document) : document;
  if (isTemplateValue(value)) return 'is computed by its template; check it as it is deployed';
  if (!isPlainObject(value)) return 'is not a JSON object with members that are given once';
  return isWithinBounds(value) ? value : 'is longer or deeper than any that AWS stores';
}

/** Counts the characters of all names and texts, and one for each value. */
function isWithinBounds(document: unknown): boolean {
  let left = MAX_SIZE;
  const open: { readonly value: unknown; readonly depth: number }[] = [
    { value: document, depth: 0 },
  ];
  for (let last = open.pop(); last !== undefined; last = open.pop()) {
    const { value, depth } = last;
    left -= typeof value === 'string' ? value.length + 1 : 1;
    if (typeof value === 'object' && value !== null) {
      if (depth === MAX_DEPTH) return false;
      // Before they are copied.
      if (Array.isArray(value) && value.length > left) return false;
      for (const [key, member] of Object.entries(value)) {
        if (!Array.isArray(value)) left -= key.length;
        open.push({ value: member, depth: depth + 1 });
      }
    }
    if (left < 0) return false;
  }
  return true;
}

/** A document that allows nothing and may deny everything. */
export function notUnderstood(message: string, policy: number, name: string): PolicyDocument {
  const everything = { policy, statement: 0 };
  return {
    name,
    statements: [],
    mayDeny: [everything],
    isAccepted: false,
    problems: [{ kind: 'malformed', message }],
  };
}

function checkTop(
  value: Readonly<Record<string, unknown>>,
  report: (message: string) => void,
): boolean {
  let isSound = true;
  const refuse = (message: string): void => {
    isSound = false;
    report(message);
  };
  for (const element of Object.keys(value)) {
    if (ELEMENTS.includes(element)) continue;
    const free = ELEMENTS.filter((one) => value[one] === undefined);
    refuse(`has an unknown element ${quote(element)}${suggest(findNearest(element, free))}`);
  }
  const { Version: version, Id: id, Statement: statement } = value;
  if (version !== undefined && !VERSIONS.some((one) => one === version)) {
    const nearest = typeof version === 'string' ? findNearest(version, VERSIONS) : undefined;
    refuse(`\`Version\` must be \`2012-10-17\` or \`2008-10-17\`${suggest(nearest)}`);
  }
  if (id !== undefined && typeof id !== 'string') refuse('`Id` must be a text');
  if (Array.isArray(statement) && statement.length === 0) refuse('has no statement');
  return isSound;
}

function referTo(entry: unknown, policy: number, statement: number): StatementReference {
  const sid = isPlainObject(entry) ? entry['Sid'] : undefined;
  return { policy, statement, ...(isSid(sid) && sid !== '' && { sid }) };
}

/** @source reference_policies_elements_sid.html: unique within a policy */
function reportRepeatedSids(statements: readonly Statement[], problems: ProblemList): void {
  const seen = new Set<string>();
  for (const { reference } of statements) {
    if (reference.sid === undefined) continue;
    if (seen.has(reference.sid)) {
      problems.add({ kind: 'malformed', message: 'repeats a `Sid`', reference });
    }
    seen.add(reference.sid);
  }
}
