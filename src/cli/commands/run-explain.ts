import { safeJson } from '../../foundation/terminal/terminal-text.js';
import { type Arguments, UsageError } from '../command.js';
import { type CommandIo, writeAll } from '../command-io.js';
import { explainDecision } from '../explain-decision.js';
import { explanationText } from '../explanation-text.js';
import { openStore, printWarnings } from '../open-store.js';
import { withProgress } from '../progress.js';
import { readUser } from '../read-user.js';
import { resolveActions } from '../resolve-names.js';
import { findResource } from '../resolve-resource.js';
import { textLayout } from '../text-layout.js';

/** Runs `explain`. */
export async function runExplain(args: Arguments, io: CommandIo): Promise<number> {
  const user = await readUser(args.get('user') ?? '');
  const opened = await withProgress(io.stderr, (progress) =>
    openStore(args, io, progress, { enforce: true }),
  );
  const { snapshot, config } = opened;
  const actions = resolveActions(snapshot.vocabulary, args.all('action'));
  const resource = findResource(snapshot, args.get('resource') ?? '');
  const enforced = config?.auth.type !== 'no_auth';
  printWarnings(opened.warnings, io);
  const { warnings } = opened;
  const question = { user, actions, resource };
  const explained = explainDecision(snapshot, question, { enforced, warnings });
  if (args.has('registered-only') && explained.resource.note !== null) {
    throw new UsageError(explained.resource.note);
  }
  const text =
    args.get('format') === 'json'
      ? safeJson(explained, 2)
      : explanationText(
          explained,
          snapshot.vocabulary,
          textLayout(args, io),
          args.get('compare') === 'feast',
        ).join('\n');
  await writeAll(io.stdout, `${text}\n`);
  return explained.allowed ? 0 : 1;
}
