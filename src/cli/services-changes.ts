import { readYamlText } from '../config/read-yaml-text.js';
import { renderTable, type TableCell } from '../foundation/terminal/render-table.js';
import { neutralize, safeJson, wrapWords } from '../foundation/terminal/terminal-text.js';
import { type Arguments, UsageError } from './command.js';
import { type CommandIo, writeAll } from './command-io.js';
import { FILE_USAGE } from './services-options.js';
import { textLayout } from './text-layout.js';

/** What a command found or did in workspaces. Holds no secret. */
export interface ServicesChanges {
  /** What is to be done, or was. */
  readonly changes: readonly { readonly where: string; readonly message: string }[];
  readonly findings: readonly {
    readonly rule: string;
    readonly where: string;
    readonly message: string;
  }[];
  /** Whether the changes are done. */
  readonly applied: boolean;
  /** Anything else to know, by its name. */
  readonly details: Readonly<Record<string, string>>;
}

const LINE = 100;

/**
 * The text of the one file that a command is given.
 *
 * @throws {@link UsageError} if none or several are given, ConfigInvalidError when it cannot be
 *   read
 */
export async function readOneFile({
  paths,
}: Arguments): Promise<{ readonly file: string; readonly text: string }> {
  const [file, second] = paths;
  if (file === undefined || second !== undefined) {
    throw new UsageError(`one file is needed: \`${FILE_USAGE}\``);
  }
  return { file, text: await readYamlText(file) };
}

/**
 * Writes what was found or done, as `--format` says. Gives the exit code: 1 if anything is left.
 */
export async function writeChanges(
  result: ServicesChanges,
  args: Arguments,
  io: CommandIo,
): Promise<0 | 1> {
  const text =
    args.get('format') === 'json' ? `${safeJson(result)}\n` : changesText(result, args, io);
  await writeAll(io.stdout, text);
  const { changes, findings, applied } = result;
  return findings.length > 0 || (!applied && changes.length > 0) ? 1 : 0;
}

/** Writes what a comparison found, and gives the exit code. */
export function writeFindings(
  findings: ServicesChanges['findings'],
  args: Arguments,
  io: CommandIo,
): Promise<0 | 1> {
  return writeChanges({ changes: [], findings, applied: false, details: {} }, args, io);
}

/** What was found or done, for people. */
export function changesText(
  { changes, findings, applied, details }: ServicesChanges,
  args: Arguments,
  io: CommandIo,
): string {
  const layout = textLayout(args, io);
  const table = (titles: readonly string[], rows: readonly (readonly string[])[]) => {
    // Lines of a cell: a single text of one is cut where it is long.
    const cells = rows.map((row): readonly TableCell[] =>
      row.map((text) => wrapWords(neutralize(text), LINE)),
    );
    return rows.length === 0 ? [] : [...renderTable(titles, cells, layout), ''];
  };
  const nothing = changes.length === 0 && findings.length === 0;
  return [
    ...table(
      ['WHERE', applied ? 'DONE' : 'TO DO'],
      changes.map(({ where, message }) => [where, message]),
    ),
    ...table(
      ['WHERE', 'RULE', 'FINDING'],
      findings.map(({ where, rule, message }) => [where, rule, message]),
    ),
    ...table(['DETAIL', 'VALUE'], Object.entries(details)),
    nothing ? layout.style('green', 'nothing to do') : summary(changes, findings, applied),
    '',
  ].join('\n');
}

function summary(
  changes: ServicesChanges['changes'],
  findings: ServicesChanges['findings'],
  applied: boolean,
): string {
  return `${changes.length} ${applied ? 'done' : 'to do'}, ${findings.length} found`;
}
