import { type WhoCanPage, whoCan } from '../../analysis/index.js';
import { compiledOf } from '../../engine/index.js';
import { shorten } from '../../foundation/long-list.js';
import { renderRecords } from '../../foundation/terminal/render-records.js';
import { neutralize, safeJson } from '../../foundation/terminal/terminal-text.js';
import type { TextLayout } from '../../foundation/terminal/text-style.js';
import { formatResource, type Resource } from '../../model/index.js';
import { formatCombination, pageOf, RULE_TEXTS, remainder, withPage } from '../access-text.js';
import type { Arguments } from '../command.js';
import { type CommandIo, writeAll } from '../command-io.js';
import { openStore, printWarnings } from '../open-store.js';
import { withProgress } from '../progress.js';
import { resolveActions } from '../resolve-names.js';
import { describeUnregistered, findResource } from '../resolve-resource.js';
import { textLayout } from '../text-layout.js';

/** Runs `who-can`. Gives the exit code. */
export async function runWhoCan(args: Arguments, io: CommandIo): Promise<number> {
  const [action = '', written = ''] = args.operands;
  const opened = await withProgress(io.stderr, (progress) =>
    openStore(args, io, progress, { enforce: true }),
  );
  printWarnings(opened.warnings, io);
  const { snapshot, warnings } = opened;
  const actions = resolveActions(snapshot.vocabulary, action.split(','));
  const resource = findResource(snapshot, written);
  const page = pageOf(args);
  const answer = withPage(() => whoCan(snapshot, actions, resource, { page }));
  const registered = compiledOf(snapshot).registered(resource);
  const note = registered === undefined ? describeUnregistered(snapshot, resource) : null;
  const { project = null, type, name } = resource;
  const text =
    args.get('format') === 'json'
      ? safeJson({ actions, resource: { project, type, name, note }, ...answer, warnings }, 2)
      : whoCanText({ actions, resource, note, answer }, textLayout(args, io)).join('\n');
  await writeAll(io.stdout, `${text}\n`);
  return answer.total === 0 ? 1 : 0;
}

function whoCanText(
  {
    actions,
    resource,
    note,
    answer,
  }: {
    readonly actions: readonly string[];
    readonly resource: Resource;
    readonly note: string | null;
    readonly answer: WhoCanPage;
  },
  layout: TextLayout,
): readonly string[] {
  const { combinations, complete, next, total, rule } = answer;
  const what = neutralize(`${actions.join(', ')} on ${formatResource({ ...resource, tags: {} })}`);
  const why = RULE_TEXTS[rule];
  const headline =
    total === 0 ? layout.style('red', `everyone is refused ${what}`) : `allowed ${what}:`;
  const { shown } = shorten(combinations, layout);
  const rows = shown.map((one) => [
    formatCombination(one),
    one.permissions.length === 0
      ? (why ?? '-')
      : { flow: [...new Set(one.permissions.map(({ name }) => name))] },
  ]);
  return [
    why === undefined ? headline : `${headline.replace(/:$/, '')}: ${why}`,
    ...(note === null ? [] : [`  ${neutralize(note)}`]),
    ...(rows.length === 0 ? [] : ['', ...renderRecords(['WHO', 'PERMISSIONS'], rows, layout)]),
    ...remainder(shown.length, total, next, 'combination'),
    ...(complete
      ? []
      : [layout.style('yellow', 'cut: more combinations may exist than the ones that were found')]),
  ];
}
