import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import {
  reviewUsage,
  type UnsecuredUse,
  type UnusedGrant,
  type UsageReview,
  type UsageSuggestions,
} from '../../analysis/index.js';
import { andMore, formatCount, shorten } from '../../foundation/long-list.js';
import { renderRecords } from '../../foundation/terminal/render-records.js';
import { neutralize, safeJson } from '../../foundation/terminal/terminal-text.js';
import type { TextLayout } from '../../foundation/terminal/text-style.js';
import { formatResource } from '../../model/index.js';
import type { Arguments } from '../command.js';
import { type CommandIo, writeAll } from '../command-io.js';
import { openStore, printWarnings } from '../open-store.js';
import { withProgress } from '../progress.js';
import { type ReadLine, readLines } from '../read-lines.js';
import { textLayout } from '../text-layout.js';

/** 1 MiB: more than a record with a thousand permissions. */
const MAX_LINE_LENGTH = 1024 * 1024;
const MAX_PROBLEMS = 20;

/** Lines of a log that were not understood. */
interface Problems {
  count: number;
  /** The first of them. */
  readonly first: { readonly line: number; readonly message: string }[];
}

/** Runs `suggest`. Gives the exit code. */
export async function runSuggest(args: Arguments, io: CommandIo): Promise<number> {
  const [log = ''] = args.operands;
  const opened = await withProgress(io.stderr, (progress) =>
    openStore(args, io, progress, { enforce: true }),
  );
  printWarnings(opened.warnings, io);
  const review = reviewUsage(opened.snapshot);
  const chunks = log === '-' ? io.stdin : createReadStream(resolve(io.cwd, log));
  const problems = await readLog(chunks, review);
  const suggestions = review.suggest();
  const text =
    args.get('format') === 'json'
      ? safeJson({ log, ...suggestions, problems, warnings: opened.warnings }, 2)
      : suggestionsText(suggestions, problems, textLayout(args, io)).join('\n');
  await writeAll(io.stdout, `${text}\n`);
  return problems.count === 0 ? 0 : 1;
}

async function readLog(chunks: AsyncIterable<Uint8Array>, review: UsageReview): Promise<Problems> {
  const problems: Problems = { count: 0, first: [] };
  let number = 0;
  for await (const lines of readLines(chunks, MAX_LINE_LENGTH)) {
    for (const line of lines) {
      number += 1;
      const message = addLine(line, review);
      if (message === undefined) continue;
      problems.count += 1;
      if (problems.first.length < MAX_PROBLEMS) problems.first.push({ line: number, message });
    }
  }
  return problems;
}

/** @returns why the line does not count */
function addLine(line: ReadLine, review: UsageReview): string | undefined {
  if ('problem' in line) return line.problem;
  if (line.text.trim() === '') return undefined;
  let record: unknown;
  try {
    record = JSON.parse(line.text);
  } catch {
    return 'the line is not JSON';
  }
  try {
    review.add(record);
    return undefined;
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}

function suggestionsText(
  { decisions, refusals, from, to, unusedGrants, unsecuredUses, complete }: UsageSuggestions,
  { count, first }: Problems,
  layout: TextLayout,
): readonly string[] {
  const period = from === null ? '' : ` from ${from} to ${to}`;
  const lines = [
    `${formatCount(decisions)} decisions${period}; ${formatCount(refusals)} requests were refused before a decision`,
  ];
  if (count > 0) {
    lines.push(
      layout.style('yellow', `${formatCount(count)} lines were not understood and do not count:`),
      ...first.map(({ line, message }) => `  line ${line}: ${neutralize(message)}`),
    );
    if (count > first.length) lines.push(`  ${andMore(count - first.length)}`);
  }
  lines.push('', ...grantsText(unusedGrants, layout), '', ...usesText(unsecuredUses, layout));
  if (!complete) lines.push(layout.style('yellow', 'cut: more unsecured resources were in use'));
  return lines;
}

function grantsText(grants: readonly UnusedGrant[], layout: TextLayout): readonly string[] {
  if (grants.length === 0) return ['Every grant was used.'];
  const { shown, more } = shorten(grants, layout);
  const rows = shown.map(({ permission, actions, isWhole, uncertain }) => [
    permission.project === null ? permission.name : `${permission.project}/${permission.name}`,
    isWhole ? 'all' : { flow: [...actions] },
    { flow: [...uncertain] },
  ]);
  return [
    'Grants without a use in the log:',
    '',
    ...renderRecords(['PERMISSION', 'UNUSED ACTIONS', 'MAY BE USED'], rows, layout),
    ...moreText(more),
  ];
}

function usesText(uses: readonly UnsecuredUse[], layout: TextLayout): readonly string[] {
  if (uses.length === 0) return ['Permissions cover every resource in the log.'];
  const { shown, more } = shorten(uses, layout);
  const rows = shown.map(({ resource: { project, type, name }, ...use }) => [
    formatResource({ type, name, ...(project === null ? {} : { project }) }),
    { flow: [...use.actions] },
    formatCount(use.allowed),
    formatCount(use.refused),
    use.registered ? 'yes' : 'no',
  ]);
  const titles = ['RESOURCE', 'ACTIONS', 'ALLOWED', 'REFUSED', 'REGISTERED'];
  return [
    'Resources in the log that no permission covers:',
    '',
    ...renderRecords(titles, rows, layout),
    ...moreText(more),
  ];
}

function moreText(more: number): readonly string[] {
  return more === 0 ? [] : [`${andMore(more)}; \`--all\` shows them`];
}
