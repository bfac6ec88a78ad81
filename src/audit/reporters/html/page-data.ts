import type { AccessMatrix, MatrixRow } from '../../../analysis/index.js';
import { checkOptions, type OptionNames } from '../../../foundation/options.js';
import { safeJson } from '../../../foundation/terminal/terminal-text.js';
import type { AcceptedFinding, AuditReport, Finding } from '../../audit-report.js';
import { fingerprintFindings } from '../../fingerprint.js';
import { jsonLines, jsonString } from '../pieces.js';
import { CONTEXT, describeAbout, type ReportContext, ruleFinder } from '../report-context.js';

/** What the page shows beside the report. */
export interface PageContext extends ReportContext {
  /** Who may do what to each registered resource, on one page. */
  readonly matrix: AccessMatrix;
  /** The actions of the vocabulary: at most 31. */
  readonly actions: readonly string[];
}

const PAGE_CONTEXT: OptionNames<PageContext> = {
  ...CONTEXT,
  matrix: true,
  actions: true,
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
  const { source, version, actions, matrix } = context;
  const { project, summary, known = null } = report;
  yield `{"head":${safeJson({ source, version, project, summary, known, actions })},\n`;
  const shown =
    project === null ? matrix.rows : matrix.rows.filter((row) => row.project === project);
  const types = new Numbering();
  const projects = new Numbering();
  const table = new AccessRows(report, matrix, actions);
  const columns = { types: [] as number[], projects: [] as number[], rows: [] as number[] };
  yield '"names":';
  yield* jsonLines(namesOf(shown), '');
  for (const row of shown) {
    columns.types.push(types.of(row.type));
    columns.projects.push(projects.of(row.project ?? ''));
    columns.rows.push(table.numberOf(row));
  }
  yield `,\n"typeOf":${JSON.stringify(columns.types)},\n"projectOf":${JSON.stringify(columns.projects)},\n`;
  yield `"rowOf":${JSON.stringify(columns.rows)},\n"types":${safeJson(types.texts)},\n`;
  yield `"projects":${safeJson(projects.texts)},\n"rows":`;
  yield* jsonLines(table.rows, '');
  yield `,\n"principals":${safeJson(matrix.principals.map(({ kind, name }) => [kind, name]))},\n`;
  const rules = rulesOf(report, context);
  yield `"rules":${safeJson(rules)},\n"findings":`;
  const numbers = new Map(rules.map(({ id }, index) => [id, index]));
  yield* jsonLines(findingItems(report.findings, numbers, context), '');
  yield ',\n"accepted":';
  yield* jsonLines(findingItems(report.accepted ?? [], numbers, context), '');
  yield '}\n';
}

function* namesOf(rows: readonly MatrixRow[]): Generator<string> {
  for (const { name } of rows) yield jsonString(name);
}

/** The distinct rows of the matrix: whether a permission covers them, and masks of actions. */
class AccessRows {
  readonly rows: string[] = [];
  readonly #numbers = new Map<object, number>();
  readonly #bits: ReadonlyMap<string, number>;
  readonly #principals: ReadonlyMap<string, number>;
  readonly #unsecured: ReadonlySet<string>;

  constructor(report: AuditReport, matrix: AccessMatrix, actions: readonly string[]) {
    this.#bits = new Map(actions.map((action, index) => [action, 1 << index]));
    this.#principals = new Map(
      matrix.principals.map(({ kind, name }, index) => [`${kind} ${name}`, index]),
    );
    this.#unsecured = new Set(report.unsecured.map(keyOf));
  }

  numberOf(row: MatrixRow): number {
    let number = this.#numbers.get(row.cells);
    if (number === undefined) {
      number = this.rows.push(this.#write(row)) - 1;
      this.#numbers.set(row.cells, number);
    }
    return number;
  }

  #write(row: MatrixRow): string {
    const { everyone, namedUsers, combined, cells } = row;
    const secured = this.#unsecured.has(keyOf(row)) ? 0 : 1;
    const masks = [everyone, namedUsers, combined].map((one) => this.#mask(one)).join(',');
    const numbers = cells.map(({ principal, actions, conditional }) => {
      const index = this.#principals.get(`${principal.kind} ${principal.name}`);
      return `${index},${this.#mask(actions)},${this.#mask(conditional)}`;
    });
    return `[${secured},${masks},[${numbers.join(',')}]]`;
  }

  #mask(actions: readonly string[]): number {
    return actions.reduce((mask, action) => mask | (this.#bits.get(action) ?? 0), 0);
  }
}

function keyOf(one: {
  readonly project: string | null;
  readonly type: string;
  readonly name: string;
}): string {
  return `${one.project ?? ''}\0${one.type}\0${one.name}`;
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
