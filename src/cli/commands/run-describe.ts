import { safeJson } from '../../foundation/terminal/terminal-text.js';
import type { Arguments } from '../command.js';
import { type CommandIo, writeAll } from '../command-io.js';
import { describeName } from '../describe-name.js';
import { descriptionText } from '../description-text.js';
import { openStore, printWarnings } from '../open-store.js';
import { withProgress } from '../progress.js';
import { textLayout } from '../text-layout.js';

/** Runs `describe`. Gives the exit code. */
export async function runDescribe(args: Arguments, io: CommandIo): Promise<number> {
  const [written = ''] = args.operands;
  const opened = await withProgress(io.stderr, (progress) =>
    openStore(args, io, progress, { enforce: true }),
  );
  printWarnings(opened.warnings, io);
  const { snapshot, warnings } = opened;
  const described = describeName(snapshot, written);
  const text =
    args.get('format') === 'json'
      ? safeJson({ ...described, warnings }, 2)
      : descriptionText(described, snapshot.vocabulary, textLayout(args, io)).join('\n');
  await writeAll(io.stdout, `${text}\n`);
  return 0;
}
