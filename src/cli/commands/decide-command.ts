import {
  displayWidth,
  neutralize,
  padEnd,
  safeJson,
  type TextStyle,
  truncate,
} from '../../audit/index.js';
import { createAuthorizer } from '../../engine/index.js';
import { answerRequest, type RequestAnswer } from '../answer-request.js';
import { type Command, FORMAT, HELP, NO_COLOR, PATH_NOTE, PROJECT } from '../command.js';
import { writeAll } from '../command-io.js';
import { openStore, printWarnings } from '../open-store.js';
import { withProgress } from '../progress.js';
import { type ReadLine, readLines } from '../read-lines.js';
import { textLayout } from '../text-layout.js';

/** 1 MiB: more than a request with a thousand groups. */
const MAX_LINE_LENGTH = 1024 * 1024;
const MIN_ID_WIDTH = 12;
const MAX_ID_WIDTH = 40;

/** `decide`: an answer for each line of standard input. */
export const decideCommand: Command = {
  name: 'decide',
  summary: 'Answer requests from standard input, one JSON object a line',
  usage: '[OPTIONS] [PATH] < requests.jsonl',
  options: [
    { ...FORMAT, help: 'How to write the answers: json (default), one object a line, or table' },
    PROJECT,
    NO_COLOR,
    HELP,
  ],
  exitCodes: {
    0: 'every request was answered, with yes or no',
    2: 'a request, the command line or the feature store cannot be understood',
  },
  notes: [
    PATH_NOTE,
    '',
    'A request: {"id": 1, "user": {"username": "ann", "roles": ["admin"]}, "actions": ["READ_ONLINE"],',
    '            "resource": {"type": "FeatureView", "name": "driver_stats"}}',
    'An answer: {"id": 1, "allowed": true, "reason": "granted", "permissions": ["online-serving"]}',
    '',
    '`user` is null for the anonymous one. `resource` may have `project` and `tags`; of a resource that the registry knows,',
    'the registered tags count. A line that cannot be understood is answered with {"error": {"message": …}}.',
  ],
  async run(args, io) {
    const opened = await withProgress(io.stderr, (progress) => openStore(args, io, progress));
    printWarnings(opened, io);
    if (io.stdin.isTTY === true) io.stderr.write('reading requests, one JSON object a line\n');
    const authorizer = createAuthorizer(opened.snapshot);
    const format =
      args.get('format') === 'table' ? tableLine(textLayout(args, io).style) : jsonLine;
    let exitCode = 0;
    for await (const lines of readLines(io.stdin, MAX_LINE_LENGTH)) {
      const answers = lines.filter(isFilled).map((line) => answerRequest(authorizer, line));
      if (answers.some((answer) => 'error' in answer)) exitCode = 2;
      if (answers.length > 0) await writeAll(io.stdout, answers.map(format).join(''));
      if (io.stdout.destroyed === true) break;
    }
    return exitCode;
  },
};

function isFilled(line: ReadLine): boolean {
  return 'problem' in line || line.text.trim() !== '';
}

function jsonLine(answer: RequestAnswer): string {
  return `${safeJson(answer)}\n`;
}

/** Lines of a table that has no end: the first column grows as needed. */
function tableLine(style: TextStyle): (answer: RequestAnswer) => string {
  let width = MIN_ID_WIDTH;
  return (answer) => {
    const id = truncate(neutralize(String(answer.id ?? '-')), MAX_ID_WIDTH);
    width = Math.max(width, displayWidth(id));
    const start = padEnd(id, width);
    if ('error' in answer)
      return `${start}  ${style('yellow', 'error')}    ${neutralize(answer.error.message)}\n`;
    const { allowed, reason, permissions } = answer;
    const word = allowed ? style('green', 'allowed') : style('red', 'refused');
    const names = permissions.map(neutralize).join(', ');
    return `${start}  ${word}  ${[reason, names].filter((text) => text !== '').join(': ')}\n`;
  };
}
