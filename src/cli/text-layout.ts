import { layoutOf, type ReportLayout, type TextLayout } from '../foundation/terminal/text-style.js';
import type { Arguments } from './command.js';
import type { CommandIo } from './command-io.js';

const MIN_WIDTH = 40;

/**
 * Colours and width of what goes to standard output, and whether `--all` asks for long lists in
 * full.
 *
 * Colours: never with `--no-color` or a `NO_COLOR` that is not empty, always with a `FORCE_COLOR`
 * other than `0`, and otherwise on a terminal that is not dumb.
 *
 * @param toStdout false for text that goes to a file, which has no colours and no width
 * @source https://no-color.org and https://force-color.org
 */
export function reportLayout(
  args: Pick<Arguments, 'has'>,
  { stdout, env }: CommandIo,
  toStdout = true,
): ReportLayout {
  if (!toStdout) return { colors: false, all: args.has('all') };
  // 0: a terminal that does not know its width.
  const { columns = 0 } = stdout;
  const isTerminal = stdout.isTTY === true;
  return {
    colors: hasColors(args, env, isTerminal),
    width: isTerminal && columns > 0 ? Math.max(MIN_WIDTH, columns) : undefined,
    all: args.has('all'),
  };
}

/** The same, ready to lay text out. */
export function textLayout(args: Pick<Arguments, 'has'>, io: CommandIo): TextLayout {
  return layoutOf(reportLayout(args, io));
}

function hasColors(
  args: Pick<Arguments, 'has'>,
  env: CommandIo['env'],
  isTerminal: boolean,
): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = env;
  if (args.has('no-color') || isSet(NO_COLOR)) return false;
  if (isSet(FORCE_COLOR)) return FORCE_COLOR !== '0';
  return isTerminal && TERM !== 'dumb';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
