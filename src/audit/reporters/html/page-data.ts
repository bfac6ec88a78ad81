import {
  type Access,
  listPrincipals,
  type SharedAccess,
  walkAccess,
} from '../../../analysis/access-matrix.js';
import type { NamedPrincipal } from '../../../analysis/index.js';
import { compiledOf, type Snapshot } from '../../../engine/index.js';
import { checkOptions, type OptionNames } from '../../../foundation/options.js';
import { safeJson } from '../../../foundation/terminal/terminal-text.js';
import type { Resource } from '../../../model/index.js';
import type { AcceptedFinding, AuditReport, Finding } from '../../audit-report.js';
import { fingerprintFindings } from '../../fingerprint.js';
import { jsonLines, jsonString } from '../pieces.js';
import { CONTEXT, describeAbout, type ReportContext, ruleFinder } from '../report-context.js';

/** What the page shows beside the report. */
export interface PageContext extends ReportContext {
  /** The audited snapshot: it says who may do what to each registered resource. */
  readonly snapshot: Snapshot;
}

const PAGE_CONTEXT: OptionNames<PageContext> = {
  ...CONTEXT,
  snapshot: true,
};

/** @throws TypeError if a member is unknown */
export function checkPageContext(context: PageContext): void {
  checkOptions<PageContext>(context, PAGE_CONTEXT);
}

/** Numbers texts in the order in which they come first. */
class Numbering {
  readonly texts: string[] = [];
  readonly #known = new Map<string, number>();

  of(text: string): number {
    let number = this.#known.get(text);
    if (number === undefined) {
      number = this.texts.push(text) - 1;
      this.#known.set(text, number);
    }
    return number;
  }
}

/**
 * What the page's script reads, as JSON: resources in columns, with the number of their access
 * row. Resources with one set of permissions share a row.
 *
 * `<` is escaped, so no name ends the element that holds it.
 */
export function* pageData(report: AuditReport, context: PageContext): Generator<string> {
  for (const piece of members(report, context)) yield piece.replaceAll('<', '\\u003c');
}

function* members(report: AuditReport, context: PageContext): Generator<string> {
  const { source, version } = context;
  const snapshot = compiledOf(context.snapshot);
  const { actions } = snapshot.vocabulary;
  const principals = listPrincipals(snapshot);
  const { project, summary, known = null } = report;
  yield `{"head":${safeJson({ source, version, project, summary, known, actions })},\n`;
  const isShown = (of: string | undefined): boolean => project === null || of === project;
  const resources = [...snapshot.resources()].filter((one) => isShown(one.project));
  const types = new Numbering();
  const projects = new Numbering();
  const table = new AccessRows(principals, actions);
  const columns = { types: [] as number[], projects: [] as number[], rows: [] as number[] };
  yield '"names":';
  yield* jsonLines(namesOf(resources), '');
  for (const one of walkAccess(snapshot, resources)) {
    columns.types.push(types.of(one.resource.type));
    columns.projects.push(projects.of(one.resource.project ?? ''));
    columns.rows.push(table.numberOf(one));
  }
  yield `,\n"typeOf":${JSON.stringify(columns.types)},\n"projectOf":${JSON.stringify(columns.projects)},\n`;
  yield `"rowOf":${JSON.stringify(columns.rows)},\n"types":${safeJson(types.texts)},\n`;
  yield `"projects":${safeJson(projects.texts)},\n"rows":`;
  yield* jsonLines(table.rows, '');
  yield `,\n"principals":${safeJson(principals.map(({ kind, name }) => [kind, name]))},\n`;
  const rules = rulesOf(report, context);
  yield `"rules":${safeJson(rules)},\n"findings":`;
  const numbers = new Map(rules.map(({ id }, index) => [id, index]));
  yield* jsonLines(findingItems(report.findings, numbers, context), '');
  yield ',\n"accepted":';
  yield* jsonLines(findingItems(report.accepted ?? [], numbers, context), '');
  yield '}\n';
}

function* namesOf(resources: readonly Resource[]): Generator<string> {
  for (const { name } of resources) yield jsonString(name);
}

/** The distinct rows of access: whether a permission covers them, and masks of actions. */
class AccessRows {
  readonly rows: string[] = [];
  readonly #numbers = new Map<Access, number>();
  readonly #bits: ReadonlyMap<string, number>;
  readonly #principals: ReadonlyMap<string, number>;

  constructor(principals: readonly NamedPrincipal[], actions: readonly string[]) {
    this.#bits = new Map(actions.map((action, index) => [action, 1 << index]));
    this.#principals = new Map(principals.map((one, index) => [`${one.kind} ${one.name}`, index]));
  }

  numberOf({ access, secured }: SharedAccess): number {
    let number = this.#numbers.get(access);
    if (number === undefined) {
      number = this.rows.push(this.#write(access, secured)) - 1;
      this.#numbers.set(access, number);
    }
    return number;
  }

  #write({ everyone, namedUsers, combined, cells }: Access, secured: boolean): string {
    const masks = [everyone, namedUsers, combined].map((one) => this.#mask(one)).join(',');
    const numbers = cells.map(({ principal, actions, conditional }) => {
      const index = this.#principals.get(`${principal.kind} ${principal.name}`);
      return `${index},${this.#mask(actions)},${this.#mask(conditional)}`;
    });
    return `[${secured ? 1 : 0},${masks},[${numbers.join(',')}]]`;
  }

  #mask(actions: readonly string[]): number {
    return actions.reduce((mask, action) => mask | (this.#bits.get(action) ?? 0), 0);
  }
}

/** The rules that have findings, in the order of their worst one. */
function rulesOf(
  report: AuditReport,
  context: PageContext,
): readonly { readonly id: string; readonly [member: string]: unknown }[] {
  const find = ruleFinder(context);
  const used = new Set([...report.findings, ...(report.accepted ?? [])].map(({ rule }) => rule));
  return Array.from(used, (id) => {
    const { level, title, advice, explanation = null } = find(id);
    return { id, level, title, advice, explanation };
  });
}

function* findingItems(
  findings: readonly (Finding | AcceptedFinding)[],
  rules: ReadonlyMap<string, number>,
  { locate }: PageContext,
): Generator<string> {
  const fingerprints = fingerprintFindings(findings);
  for (const [index, finding] of findings.entries()) {
    const { path, line } = locate(finding);
    const accepted =
      'reason' in finding
        ? `,${jsonString(finding.reason)},${finding.until === null ? 'null' : jsonString(finding.until)}`
        : '';
    const about = jsonString(describeAbout(finding));
    const place = jsonString(`${path}:${line}`);
    yield `[${rules.get(finding.rule)},"${finding.level}",${jsonString(finding.message)},${about},${place},"${fingerprints[index]}"${accepted}]`;
  }
}
