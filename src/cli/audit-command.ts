import {
  type AuditReport,
  auditSnapshot,
  FINDING_LEVELS,
  reportJson,
  reportText,
} from '../audit/index.js';
import { type Command, FORMAT, HELP, NO_COLOR, PATH_NOTE, PROJECT } from './command.js';
import { writeAll } from './command-io.js';
import { openStore } from './open-store.js';
import { withProgress } from './progress.js';
import { textLayout } from './text-layout.js';

const DEFAULT_LEVEL = 'warning';

/** `audit`: what is not protected, what is open, and what permissions say in vain. */
export const auditCommand: Command = {
  name: 'audit',
  summary: 'Find what no permission protects, what is open to everyone, and what is said in vain',
  usage: '[OPTIONS] [PATH]',
  options: [
    {
      name: 'fail-on',
      value: 'LEVEL',
      choices: [...FINDING_LEVELS, 'never'],
      help: `Lowest level with exit code 1: error, ${DEFAULT_LEVEL} (default), note or never`,
    },
    FORMAT,
    PROJECT,
    NO_COLOR,
    HELP,
  ],
  exitCodes: {
    0: 'no finding of the level of --fail-on or above',
    1: 'at least one such finding',
    2: 'the command line or the feature store cannot be understood',
  },
  notes: [PATH_NOTE],
  async run(args, io) {
    const { report, source, vocabulary } = await withProgress(io.stderr, async (progress) => {
      const { store, snapshot, source } = await openStore(args, io, progress);
      progress.start('auditing');
      const options = { project: args.get('project'), auth: store.config?.auth };
      return { report: auditSnapshot(snapshot, options), source, vocabulary: snapshot.vocabulary };
    });
    const text =
      args.get('format') === 'json'
        ? reportJson(report)
        : reportText(report, { ...textLayout(args, io), source, vocabulary });
    await writeAll(io.stdout, text);
    return hasFindings(report, args.get('fail-on') ?? DEFAULT_LEVEL) ? 1 : 0;
  },
};

/** Whether there are findings of a level or a worse one. */
function hasFindings({ findings }: AuditReport, level: string): boolean {
  const levels: readonly string[] = FINDING_LEVELS;
  const limit = levels.indexOf(level);
  return findings.some((finding) => levels.indexOf(finding.level) <= limit);
}
