import { didYouMean } from '../../foundation/did-you-mean.js';
import { safeJson, wrapWords } from '../../foundation/terminal/terminal-text.js';
import type { TextLayout } from '../../foundation/terminal/text-style.js';
import { quote } from '../../model/index.js';
import { type Arguments, UsageError } from '../command.js';
import { type CommandIo, writeAll } from '../command-io.js';
import { explainRule, type RuleHelp, ruleIds } from '../rule-help.js';
import { textLayout } from '../text-layout.js';

/** Columns that every terminal has. */
const WIDTH = 80;

/**
 * Runs `help RULE`. Gives the exit code.
 *
 * @throws {@link UsageError} on an unknown rule
 */
export async function runHelp(args: Arguments, io: CommandIo): Promise<number> {
  const [written = ''] = args.operands;
  const help = explainRule(written);
  if (help === undefined) {
    const hint =
      didYouMean(written, ruleIds()) ||
      '. `feast-permissions --help` lists the commands, and an audit prints the rule of each finding';
    throw new UsageError(`unknown command or rule ${quote(written)}${hint}`);
  }
  const text =
    args.get('format') === 'json' ? safeJson(help, 2) : helpLines(help, textLayout(args, io));
  await writeAll(io.stdout, `${text}\n`);
  return 0;
}

function helpLines(
  { rule, level, title, advice, explanation, document }: RuleHelp,
  { style, width = WIDTH }: TextLayout,
): string {
  const room = Math.min(width, WIDTH);
  const [first = '', ...rest] = wrapWords(`${rule} (${level}): ${title}.`, room);
  return [
    style('bold', first),
    ...rest,
    ...(explanation === null ? [] : ['', ...markdownLines(explanation, room)]),
    '',
    ...wrapWords(`What to do: ${advice}.`, room),
    ...wrapWords(`More: ${document}`, room),
  ].join('\n');
}

/** Markdown for a terminal: links are their text, blocks of code are indented, prose is wrapped. */
function markdownLines(markdown: string, room: number): readonly string[] {
  const [prose = '', code, ...rest] = markdown
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .split(/\n*^```\w*\n*/m);
  const paragraphs = prose
    .split('\n\n')
    .filter((paragraph) => paragraph !== '')
    .flatMap((paragraph) => ['', ...wrapWords(paragraph.replaceAll('\n', ' '), room)])
    .slice(1);
  if (code === undefined) return paragraphs;
  return [
    ...paragraphs,
    '',
    ...code.split('\n').map((line) => `  ${line}`.trimEnd()),
    '',
    ...markdownLines(rest.join('```\n'), room),
  ];
}
