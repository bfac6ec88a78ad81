import * as z from 'zod';
import { checkSection } from '../../config/check-section.js';
import { fileJsonSchema } from '../../config/file-json-schema.js';
import { parseYaml, type YamlDocument } from '../../config/parse-yaml.js';
import { readYamlText } from '../../config/read-yaml-text.js';
import { didYouMean } from '../../foundation/did-you-mean.js';
import { checkOptions } from '../../foundation/options.js';
import { compileNamePattern } from '../../matchers/index.js';
import { type ConfigInvalidError, isAuthzError, quote, throwCollected } from '../../model/index.js';
import type { Finding } from '../audit-report.js';
import { FINDING_RULES } from '../finding-rules.js';

const GLOB = 'glob:';
const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** What an entry can be about. It names one of these. */
const TARGETS = ['resource', 'permission', 'object', 'fingerprint'] as const;

const text = z.string().min(1);
const name = text.describe('A name as it is, or a glob after `glob:`.');
const entrySchema = z.strictObject({
  rule: text.describe('The ID of a rule, such as `open-read`.'),
  resource: name.optional(),
  permission: name.optional(),
  object: name.optional().describe('The `object` of a finding, or a glob after `glob:`.'),
  fingerprint: text.optional().describe('The fingerprint of one finding.'),
  type: text.optional().describe('Type of the resource. Default: all types.'),
  project: text.optional().describe('Project of the resource or permission. Default: all.'),
  reason: text.describe('Why the finding is accepted.'),
  until: text.optional().describe('The last day, as `2027-01-31`. Default: without end.'),
});
const fileSchema = z.strictObject({ exceptions: z.array(entrySchema) });

/** One accepted risk: which findings of a rule, why, and until when. */
export interface Exception {
  readonly rule: string;
  readonly reason: string;
  /** The last day on which it holds, as `2027-01-31`; null: without end. */
  readonly until: string | null;
  readonly project: string | undefined;
  /** What it is about, for people: `open-read on permission readers`. */
  readonly title: string;
  /** Where it stands in its file. */
  readonly line: number | undefined;
  /** Whether it is about this finding, whatever the day. */
  matches(finding: Finding, fingerprint: string): boolean;
}

/** What an exceptions file is read with. */
export interface ExceptionsOptions {
  /** For messages. */
  readonly file?: string | undefined;
  /** The IDs of the rules that entries may name. Default: those of {@link FINDING_RULES}. */
  readonly rules?: readonly string[] | undefined;
}

/**
 * Reads an exceptions file. See {@link parseExceptions}.
 *
 * @throws ConfigInvalidError if it cannot be read, or is not an exceptions file
 * @example
 * await loadExceptions('audit-exceptions.yaml');
 */
export async function loadExceptions(
  path: string,
  options: Pick<ExceptionsOptions, 'rules'> = {},
): Promise<readonly Exception[]> {
  if (typeof path !== 'string') throw new TypeError('the path of exceptions must be a string');
  checkOptions<typeof options>(options, { rules: true });
  return parseExceptions(await readYamlText(path), { file: path, rules: options.rules });
}

/**
 * Parses the text of an exceptions file: YAML with a list of findings that are accepted.
 *
 * Each entry names a `rule`, a `reason` and one of `resource`, `permission`, `object` and
 * `fingerprint`; `type` and `project` narrow it, and `until` ends it. A name is compared as it is.
 * After `glob:` it is a glob.
 *
 * @throws ConfigInvalidError with file, line and column; all problems of the file are in its
 *   `errors`
 * @example
 * parseExceptions(`
 * exceptions:
 *   - rule: unsecured-resource
 *     resource: glob:scratch_*
 *     reason: Scratch tables hold public data only.
 *     until: 2027-01-31
 * `);
 */
export function parseExceptions(
  yaml: string,
  options: ExceptionsOptions = {},
): readonly Exception[] {
  if (typeof yaml !== 'string') throw new TypeError('the text of exceptions must be a string');
  checkOptions<ExceptionsOptions>(options, { file: true, rules: true });
  const errors: ConfigInvalidError[] = [];
  const document = parseYaml(yaml, {
    file: options.file,
    onProblem: (problem) => errors.push(problem),
    // YAML reads `2027-01-31` without quotes as a date.
    resolvers: { plain: (written, read) => (read instanceof Date ? written : read) },
  });
  throwCollected(errors);
  const { value } = document;
  const file = checkSection(fileSchema, { value, path: [] }, document, errors);
  const rules = options.rules ?? FINDING_RULES.map(({ id }) => id);
  const exceptions = file?.exceptions.flatMap(
    (entry, index) => readEntry(entry, ['exceptions', index], { document, errors, rules }) ?? [],
  );
  throwCollected(errors);
  return Object.freeze(exceptions ?? []);
}

/** The JSON Schema (draft 7) of an exceptions file. */
export function exceptionsSchema(): object {
  return fileJsonSchema('Exceptions of an audit by feast-permissions', fileSchema);
}

type Entry = z.output<typeof entrySchema>;
interface Reading {
  readonly document: YamlDocument;
  readonly errors: ConfigInvalidError[];
  readonly rules: readonly string[];
}

function readEntry(
  entry: Entry,
  path: readonly PropertyKey[],
  { document, errors, rules }: Reading,
): Exception | undefined {
  const known = errors.length;
  const report = (field: string, message: string): void => {
    errors.push(document.errorAt([...path, field], message));
  };
  if (!rules.includes(entry.rule)) {
    const hint = didYouMean(entry.rule, rules) || '. `feast-permissions help RULE` explains a rule';
    report('rule', `is refused: rule ${quote(entry.rule)} is unknown${hint}`);
  }
  const [target, second] = TARGETS.filter((one) => entry[one] !== undefined);
  if (target === undefined || second !== undefined) {
    const what = listTargets();
    errors.push(document.errorAt(path, `needs one of ${what}, to say what is accepted`));
  }
  if (entry.type !== undefined && target !== 'resource') {
    report('type', 'is refused: only an exception with a `resource` can have it');
  }
  if (entry.project !== undefined && target !== 'resource' && target !== 'permission') {
    report(
      'project',
      'is refused: only an exception with a `resource` or a `permission` can have it',
    );
  }
  if (entry.until !== undefined && !isDate(entry.until)) {
    report('until', 'must be a day such as `2027-01-31`');
  }
  const test = target === undefined ? undefined : compile(entry[target] ?? '', target, report);
  if (errors.length > known || target === undefined || test === undefined) return undefined;
  return makeException(entry, target, test, document.errorAt(path, '').line);
}

type Target = (typeof TARGETS)[number];

function makeException(
  entry: Entry,
  target: Target,
  test: (name: string) => boolean,
  line: number | undefined,
): Exception {
  const { rule, reason, until = null, project, type } = entry;
  const isMeant = (of: { readonly project: string | null } | undefined): boolean =>
    of !== undefined && (project === undefined || of.project === project);
  const matches: Exception['matches'] = (finding, fingerprint) => {
    if (finding.rule !== rule) return false;
    const { resource, permission, object } = finding;
    switch (target) {
      case 'fingerprint':
        return test(fingerprint);
      case 'object':
        return object !== undefined && test(object);
      case 'permission':
        return isMeant(permission) && test(permission?.name ?? '');
      case 'resource':
        return (
          isMeant(resource) &&
          (type === undefined || resource?.type === type) &&
          test(resource?.name ?? '')
        );
    }
  };
  const what = type === undefined ? target : `${target} of type ${type}`;
  const where = project === undefined ? '' : ` of project ${project}`;
  const title = `${rule} on ${what} ${entry[target]}${where}`;
  return Object.freeze({ rule, reason, until, project, title, line, matches });
}

function compile(
  written: string,
  target: Target,
  report: (field: string, message: string) => void,
): ((name: string) => boolean) | undefined {
  if (target === 'fingerprint' || !written.startsWith(GLOB)) return (one) => one === written;
  try {
    const pattern = compileNamePattern({ glob: written.slice(GLOB.length) });
    return (one) => pattern.test(one);
  } catch (error) {
    if (!isAuthzError(error)) throw error;
    report(target, `is refused: ${error.message}`);
    return undefined;
  }
}

function listTargets(): string {
  const quoted = TARGETS.map(quote);
  return `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}

function isDate(written: string): boolean {
  if (!DATE.test(written)) return false;
  const date = new Date(written);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(written);
}
