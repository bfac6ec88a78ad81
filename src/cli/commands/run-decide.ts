import { createFeastReading } from '../../audit/index.js';
import { createAuthorizer } from '../../engine/index.js';
import {
  displayWidth,
  neutralize,
  padEnd,
  safeJson,
  truncate,
} from '../../foundation/terminal/terminal-text.js';
import type { TextStyle } from '../../foundation/terminal/text-style.js';
import { answerRequest, type RequestAnswer } from '../answer-request.js';
import type { Arguments } from '../command.js';
import { type CommandIo, writeAll } from '../command-io.js';
import { listVersions } from '../feast-versions.js';
import { openStore, printWarnings } from '../open-store.js';
import { withProgress } from '../progress.js';
import { type ReadLine, readLines } from '../read-lines.js';
import { textLayout } from '../text-layout.js';

/** 1 MiB: more than a request with a thousand groups. */
const MAX_LINE_LENGTH = 1024 * 1024;
const LINE_WIDTH = 5;
const MIN_ID_WIDTH = 12;
const MAX_ID_WIDTH = 40;

/** Runs `decide`. */
export async function runDecide(args: Arguments, io: CommandIo): Promise<number> {
  const opened = await withProgress(io.stderr, (progress) => openStore(args, io, progress));
  printWarnings(opened.warnings, io);
  if (io.stdin.isTTY === true) io.stderr.write('reading requests, one JSON object a line\n');
  const authorizer = createAuthorizer(opened.snapshot);
  const feast = args.get('compare') === 'feast' ? createFeastReading(opened.snapshot) : undefined;
  const format = args.get('format') === 'table' ? tableLine(textLayout(args, io).style) : jsonLine;
  let exitCode = 0;
  let number = 0;
  for await (const lines of readLines(io.stdin, MAX_LINE_LENGTH)) {
    const answers = lines.flatMap((line) => {
      number += 1;
      return isFilled(line) ? answerRequest(authorizer, line, number, feast) : [];
    });
    if (answers.some((answer) => 'error' in answer)) exitCode = 2;
    if (answers.length > 0) await writeAll(io.stdout, answers.map(format).join(''));
    if (io.stdout.destroyed === true) break;
  }
  return exitCode;
}

function isFilled(line: ReadLine): boolean {
  return 'problem' in line || line.text.trim() !== '';
}

function jsonLine(answer: RequestAnswer): string {
  return `${safeJson(answer)}\n`;
}

/** Lines of a table that has no end: the columns of line and ID grow as needed. */
function tableLine(style: TextStyle): (answer: RequestAnswer) => string {
  let width = MIN_ID_WIDTH;
  return (answer) => {
    const id = truncate(neutralize(String(answer.id ?? '-')), MAX_ID_WIDTH);
    width = Math.max(width, displayWidth(id));
    const start = `${String(answer.line).padStart(LINE_WIDTH)}  ${padEnd(id, width)}`;
    if ('error' in answer)
      return `${start}  ${style('yellow', 'error')}    ${neutralize(answer.error.message)}\n`;
    const { allowed, reason, permissions, feast } = answer;
    const word = allowed ? style('green', 'allowed') : style('red', 'refused');
    const names = permissions.map(neutralize).join(', ');
    const other =
      feast === undefined
        ? ''
        : style(
            'yellow',
            `; Feast ${listVersions(feast.versions)} ${feast.allowed ? 'allow' : 'refuse'} it: ${feast.reason}`,
          );
    return `${start}  ${word}  ${[reason, names].filter((text) => text !== '').join(': ')}${other}\n`;
  };
}
