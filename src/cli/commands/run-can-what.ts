import { type CanWhat, canWhat, type NamedPrincipal } from '../../analysis/index.js';
import type { Snapshot } from '../../engine/index.js';
import { didYouMean } from '../../foundation/did-you-mean.js';
import { shorten } from '../../foundation/long-list.js';
import { foldNames } from '../../foundation/names.js';
import { renderRecords } from '../../foundation/terminal/render-records.js';
import { safeJson } from '../../foundation/terminal/terminal-text.js';
import type { TextLayout } from '../../foundation/terminal/text-style.js';
import {
  type FeastVocabulary,
  formatResource,
  quote,
  type Subject,
  type Vocabulary,
} from '../../model/index.js';
import { hasNoResources, NO_RESOURCES, pageOf, remainder, withPage } from '../access-text.js';
import { type Arguments, PRINCIPAL_KINDS, UsageError } from '../command.js';
import { type CommandIo, writeAll } from '../command-io.js';
import { listPrincipals } from '../list-principals.js';
import { openStore, printWarnings } from '../open-store.js';
import { withProgress } from '../progress.js';
import { readUser } from '../read-user.js';
import { resolveActions, resolveType } from '../resolve-names.js';
import { textLayout } from '../text-layout.js';

/** Runs `can-what`. Gives the exit code. */
export async function runCanWhat(args: Arguments, io: CommandIo): Promise<number> {
  const who = await readWho(args);
  const opened = await withProgress(io.stderr, (progress) =>
    openStore(args, io, progress, { enforce: true }),
  );
  printWarnings(opened.warnings, io);
  const { snapshot, warnings } = opened;
  const { vocabulary } = snapshot;
  const written = args.all('action');
  const actions = written.length === 0 ? undefined : resolveActions(vocabulary, written);
  const types = args.all('type').map((one) => resolveType(vocabulary, one));
  const page = pageOf(args);
  const answer = withPage(() => canWhat(snapshot, who, { actions, types, page }));
  const note = describeUnnamed(snapshot, who);
  const text =
    args.get('format') === 'json'
      ? safeJson({ who, note, together: actions ?? null, ...answer, warnings }, 2)
      : rightsTable(answer, hasNoResources(snapshot), vocabulary, textLayout(args, io))
          .concat(note ?? [])
          .join('\n');
  await writeAll(io.stdout, `${text}\n`);
  return answer.resources.some((one) => one.actions.length > 0) ? 0 : 1;
}

/** @throws {@link UsageError} unless exactly one of the options says who is meant */
async function readWho(args: Arguments): Promise<Subject | null | NamedPrincipal> {
  const given = ['user', ...PRINCIPAL_KINDS].filter((name) => args.has(name));
  if (given.length !== 1) {
    throw new UsageError('can-what needs one of `--user`, `--role`, `--group` and `--namespace`');
  }
  const kind = PRINCIPAL_KINDS.find((one) => one === given[0]);
  return kind === undefined
    ? readUser(args.get('user') ?? '')
    : { kind, name: args.get(kind) ?? '' };
}

/**
 * Says that no policy names a principal: a misspelt name is the most likely reason. Null for a
 * named one, and for a user.
 */
function describeUnnamed(
  snapshot: Snapshot<FeastVocabulary>,
  who: Subject | null | NamedPrincipal,
): string | null {
  if (who === null || !('kind' in who)) return null;
  const names = listPrincipals(snapshot as Snapshot, false)
    .filter(({ kind }) => kind === who.kind)
    .map(({ name }) => name);
  if (names.includes(who.name)) return null;
  return `no policy names the ${who.kind} ${quote(who.name)}${didYouMean(who.name, names)}`;
}

/** @param isEmpty whether nothing at all is registered */
function rightsTable(
  { resources, next, total }: CanWhat,
  isEmpty: boolean,
  { actionAliases }: Vocabulary,
  layout: TextLayout,
): readonly string[] {
  if (total === 0) {
    const none = isEmpty ? NO_RESOURCES : 'nothing is allowed on any registered resource';
    return [layout.style('red', none)];
  }
  const { shown } = shorten(resources, layout);
  const hasConditions = shown.some(({ conditional }) => conditional.length > 0);
  const titles = ['RESOURCE', 'ACTIONS', ...(hasConditions ? ['IF ITS POLICY IS MET'] : [])];
  const rows = shown.map(({ project, type, name, actions, conditional }) => [
    formatResource({ type, name, project: project ?? undefined }),
    { flow: foldNames(actions, actionAliases) },
    ...(hasConditions ? [{ flow: foldNames(conditional, actionAliases) }] : []),
  ]);
  return [
    ...renderRecords(titles, rows, layout),
    ...remainder(shown.length, total, next, 'resource'),
  ];
}
