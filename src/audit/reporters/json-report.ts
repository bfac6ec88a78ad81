import type { PermissionReference, ResourceReference } from '../../analysis/index.js';
import { safeJson } from '../../foundation/terminal/terminal-text.js';
import type { AcceptedFinding, AuditReport, Finding, UncoveredActions } from '../audit-report.js';
import { fingerprintFindings } from '../fingerprint.js';
import { inPieces, jsonLines, jsonString } from './pieces.js';

/** Members that are written line by line. */
const LISTS = ['unsecured', 'uncoveredActions', 'permissions', 'findings', 'accepted'] as const;
type ListName = (typeof LISTS)[number];

/**
 * A report as the documented JSON, with one item of its lists on each line and a fingerprint for
 * each finding.
 *
 * @param more further members, such as `warnings`
 * @returns pieces of text with a final line end
 */
export function jsonReport(
  report: AuditReport,
  more: Readonly<Record<string, unknown>> = {},
): Iterable<string> {
  return inPieces(membersOf({ ...report, ...more }));
}

/** The same as one string. */
export function reportJson(report: AuditReport): string {
  return [...jsonReport(report)].join('');
}

function* membersOf(report: AuditReport): Generator<string> {
  let before = '{\n';
  for (const [name, value] of Object.entries(report)) {
    if (value === undefined) continue;
    yield `${before}  ${jsonString(name)}: `;
    if (isListName(name)) yield* jsonLines(itemsOf(report, name), '  ');
    else yield safeJson(value);
    before = ',\n';
  }
  yield '\n}\n';
}

function isListName(name: string): name is ListName {
  return (LISTS as readonly string[]).includes(name);
}

function itemsOf(report: AuditReport, name: ListName): Iterable<string> {
  switch (name) {
    case 'unsecured':
      return mapEach(report.unsecured, (one) => `{${resourceMembers(one)}}`);
    case 'uncoveredActions':
      return uncoveredItems(report.uncoveredActions);
    case 'permissions':
      return mapEach(
        report.permissions,
        (one) => `{${permissionMembers(one)},"matches":${one.matches}}`,
      );
    default:
      return findingItems(report[name] ?? []);
  }
}

function* mapEach<T>(items: Iterable<T>, write: (item: T) => string): Generator<string> {
  for (const item of items) yield write(item);
}

/** Resources share their lists of actions. */
function* uncoveredItems(items: readonly UncoveredActions[]): Generator<string> {
  const written = new Map<readonly string[], string>();
  for (const item of items) {
    let actions = written.get(item.actions);
    if (actions === undefined) {
      actions = safeJson(item.actions);
      written.set(item.actions, actions);
    }
    yield `{${resourceMembers(item)},"actions":${actions}}`;
  }
}

function* findingItems(findings: readonly (Finding | AcceptedFinding)[]): Generator<string> {
  const fingerprints = fingerprintFindings(findings);
  for (const [index, finding] of findings.entries()) {
    const { rule, level, message, resource, permission, object } = finding;
    const about = [
      ...(resource === undefined ? [] : [`"resource":{${resourceMembers(resource)}}`]),
      ...(permission === undefined ? [] : [`"permission":{${permissionMembers(permission)}}`]),
      ...(object === undefined ? [] : [`"object":${jsonString(object)}`]),
      ...('reason' in finding
        ? [`"reason":${jsonString(finding.reason)},"until":${safeJson(finding.until)}`]
        : []),
    ];
    yield `{"rule":${jsonString(rule)},"level":"${level}","message":${jsonString(message)},${about
      .map((part) => `${part},`)
      .join('')}"fingerprint":"${fingerprints[index]}"}`;
  }
}

function resourceMembers({ project, type, name }: ResourceReference): string {
  return `"project":${project === null ? 'null' : jsonString(project)},"type":${jsonString(type)},"name":${jsonString(name)}`;
}

function permissionMembers({ project, name }: PermissionReference): string {
  return `"project":${project === null ? 'null' : jsonString(project)},"name":${jsonString(name)}`;
}
