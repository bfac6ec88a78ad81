import { formatCount } from '../../foundation/long-list.js';
import { safeJson } from '../../foundation/terminal/terminal-text.js';
import type { AuditReport, Finding } from '../audit-report.js';
import { fingerprintFindings } from '../fingerprint.js';
import { inPieces, jsonLines, jsonString } from './pieces.js';
import {
  checkContext,
  describeAbout,
  type ReportContext,
  type ReportRule,
  ruleFinder,
  type SourceLocation,
} from './report-context.js';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
/** Most results of a run that GitHub accepts. With one more it refuses the whole file. */
const MAX_RESULTS = 25_000;
/** How GitHub ranks a rule: its number decides between critical, high, medium and low. */
const SEVERITIES = { error: '8.0', warning: '5.5', note: '2.0' } as const;

/**
 * A report as SARIF 2.1.0, in the form that GitHub accepts: each result has a place in a file, the
 * index of its rule and a partial fingerprint.
 *
 * A run has at most 25,000 results, the worst first: GitHub refuses a file with more. A
 * notification in the file says how many are left out.
 *
 * @returns pieces of JSON text with a final line end
 * @throws TypeError if a member of the context is unknown
 * @source OASIS SARIF 2.1.0; GitHub, "SARIF support for code scanning"
 */
export function sarifReport(report: AuditReport, context: ReportContext): Iterable<string> {
  checkContext(context);
  return inPieces(partsOf(report, context));
}

function* partsOf(report: AuditReport, context: ReportContext): Generator<string> {
  const shown = report.findings.slice(0, MAX_RESULTS);
  const rules = rulesOf(shown, context);
  yield `{\n"$schema": "${SCHEMA}",\n"version": "2.1.0",\n"runs": [{\n`;
  yield `"tool": { "driver": { "name": "feast-permissions", "version": ${jsonString(context.version)}, "rules": `;
  yield* jsonLines(Array.from(rules.values(), sarifRule), '');
  yield ' } },\n"columnKind": "utf16CodeUnits",\n';
  yield `"invocations": [${safeJson(invocationOf(report.findings.length - shown.length))}],\n`;
  yield '"results": ';
  yield* jsonLines(resultsOf(shown, [...rules.keys()], context), '');
  yield '\n}]\n}\n';
}

/** The rules that have results, in their order. */
function rulesOf(
  findings: readonly Finding[],
  context: ReportContext,
): ReadonlyMap<string, ReportRule> {
  const find = ruleFinder(context);
  const used = new Set(findings.map(({ rule }) => rule));
  const known = context.rules.map(({ id }) => id).filter((id) => used.has(id));
  return new Map([...new Set([...known, ...used])].map((id) => [id, find(id)]));
}

function sarifRule({ id, level, title, advice, explanation, address }: ReportRule): string {
  const help = advice === '' ? title : `${title}. ${advice}.`;
  return safeJson({
    id,
    name: id.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: title },
    fullDescription: { text: help },
    help: { text: help, markdown: explanation ?? help },
    ...(address === undefined ? {} : { helpUri: address }),
    defaultConfiguration: { level },
    properties: { tags: ['security', 'permissions'], 'security-severity': SEVERITIES[level] },
  });
}

function invocationOf(left: number): object {
  if (left === 0) return { executionSuccessful: true };
  const text = `${formatCount(left)} findings are left out: a run has at most ${formatCount(MAX_RESULTS)} results. Read the JSON report for all findings.`;
  return {
    executionSuccessful: true,
    toolExecutionNotifications: [{ level: 'warning', message: { text } }],
  };
}

function* resultsOf(
  findings: readonly Finding[],
  rules: readonly string[],
  { locate }: ReportContext,
): Generator<string> {
  const indexes = new Map(rules.map((id, index) => [id, index]));
  const fingerprints = fingerprintFindings(findings);
  for (const [index, finding] of findings.entries()) {
    const { rule, level, message } = finding;
    const start = `{"ruleId":${jsonString(rule)},"ruleIndex":${indexes.get(rule)},"level":"${level}"`;
    const text = `"message":{"text":${jsonString(sarifText(message))}}`;
    const place = `"locations":[{"physicalLocation":${physical(locate(finding))}${logical(finding)}}]`;
    yield `${start},${text},${place},"partialFingerprints":{"feastPermissions/v1":"${fingerprints[index]}"}}`;
  }
}

/**
 * Plain text for a message. Braces would stand for arguments there, and `[a](b)` for a link.
 *
 * @source SARIF 2.1.0, 3.11.5 and 3.11.6
 */
function sarifText(text: string): string {
  return text.replace(/[{}]/g, '$&$&').replaceAll('](', '\\](');
}

function physical({ path, line }: SourceLocation): string {
  return `{"artifactLocation":{"uri":${jsonString(encodePath(path))}},"region":{"startLine":${line}}}`;
}

/**
 * A path as a relative reference. Each segment is percent-encoded, and a first one with a colon is
 * kept from being read as a scheme.
 *
 * @source RFC 3986, 4.2
 */
function encodePath(path: string): string {
  return path.replaceAll('\\', '/').split('/').map(encodeSegment).join('/');
}

/** Half of a surrogate pair cannot be encoded. */
function encodeSegment(segment: string): string {
  const encoded = encodeURIComponent(segment.replace(/\p{Cs}/gu, '\ufffd'));
  return encoded.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
}

function logical(finding: Finding): string {
  const { resource, permission } = finding;
  const name = describeAbout(finding);
  if (name === '') return '';
  const kind =
    resource === undefined ? (permission === undefined ? 'object' : 'permission') : 'resource';
  return `,"logicalLocations":[{"fullyQualifiedName":${jsonString(name)},"kind":"${kind}"}]`;
}
