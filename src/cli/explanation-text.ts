import { andMore, shorten } from '../foundation/long-list.js';
import { foldNames } from '../foundation/names.js';
import { renderRecords } from '../foundation/terminal/render-records.js';
import { neutralize, wrapWords } from '../foundation/terminal/terminal-text.js';
import type { TextLayout } from '../foundation/terminal/text-style.js';
import { formatResource, type Vocabulary } from '../model/index.js';
import type { ExplainedDecision } from './explain-decision.js';
import { listVersions } from './feast-versions.js';

/** Most permissions that are listed as nearly granting. */
const MAX_NEAR_MISSES = 10;
/** Most permissions whose reasons are written out. */
const MAX_REASONS = 10;
const INDENT = '  ';

/**
 * An explained decision for people: the answer first. Lines without line ends.
 *
 * @param isCompared whether Feast's answer is told where it is the same, too
 */
export function explanationText(
  explained: ExplainedDecision,
  vocabulary: Vocabulary,
  layout: TextLayout,
  isCompared = false,
): readonly string[] {
  const { user, actions, resource, allowed } = explained;
  const who = user === null ? 'anonymous' : neutralize(user.username);
  const what = neutralize(
    formatResource({ ...resource, project: resource.project ?? undefined, tags: {} }),
  );
  return [
    ...headline(allowed, `${who}: ${actions.join(', ')} on ${what}`, layout),
    ...(resource.note === null ? [] : sentence(resource.note, layout)),
    ...reasons(explained, layout),
    ...feastLines(explained, layout, isCompared),
    ...coveringTable(explained, vocabulary, layout),
    ...nearMissLines(explained, layout),
  ];
}

function headline(allowed: boolean, question: string, layout: TextLayout): readonly string[] {
  const word = allowed ? 'allowed' : 'refused';
  const room = narrower(layout).width ?? Number.POSITIVE_INFINITY;
  const [first = '', ...rest] = wrapWords(`${word} ${question}`, room);
  const styled = layout.style(allowed ? 'green' : 'red', word);
  return [styled + first.slice(word.length), ...rest.map(indent)];
}

/** Why, without the answer and the question, which the first line holds. */
function reasons(explained: ExplainedDecision, layout: TextLayout): readonly string[] {
  const { allowed, explanation, permissions, ifEnforced } = explained;
  const decided = ifEnforced ?? { allowed, explanation };
  const deciding = permissions.filter(({ granted }) => granted === decided.allowed);
  const most = layout.all === true ? deciding.length : MAX_REASONS;
  const more = deciding.length - most;
  const sentences =
    deciding.length === 0
      ? [decided.explanation]
      : [
          ...deciding.slice(0, most).map((one) => one.explanation),
          ...(more > 0 ? [andMore(more)] : []),
        ];
  if (ifEnforced === null) return sentences.flatMap((one) => sentence(one, layout));
  const answer = decided.allowed ? 'allowed' : 'refused';
  const enforced = deciding.length === 0 ? sentences : [answer, ...sentences];
  const [first, ...others] = enforced;
  return [explanation, `with auth on: ${first}`, ...others].flatMap((one) => sentence(one, layout));
}

/** What Feast's own servers answer, and why if it is another answer. */
function feastLines(
  { allowed, ifEnforced, feast }: ExplainedDecision,
  layout: TextLayout,
  isCompared: boolean,
): readonly string[] {
  const when = ifEnforced === null ? '' : 'with auth on, ';
  const verb = feast.allowed ? 'allow' : 'refuse';
  const answer = `${when}Feast's own servers (${listVersions(feast.versions)}) ${verb} this`;
  if (feast.allowed === (ifEnforced ?? { allowed }).allowed) {
    return isCompared ? sentence(`${answer}, too`, layout) : [];
  }
  const deciding = feast.permissions.filter(({ granted }) => granted === feast.allowed);
  const more = deciding.length > 1 ? ` (and ${deciding.length - 1} more)` : '';
  const why = deciding[0]?.explanation ?? feast.explanation;
  return sentence(`${answer}: ${why}${more}`, layout).map((line) => layout.style('yellow', line));
}

function coveringTable(
  { covering }: ExplainedDecision,
  { actionAliases }: Vocabulary,
  layout: TextLayout,
): readonly string[] {
  if (covering.length === 0) return [];
  const { shown, more } = shorten(covering, layout);
  const rows = shown.map(({ name, actions, requires, granted }) => [
    name,
    { flow: foldNames(actions, actionAliases) },
    requires,
    granted ? 'yes' : 'no',
  ]);
  return [
    '',
    'Permissions that cover it:',
    ...renderRecords(['NAME', 'ACTIONS', 'REQUIRES', 'GRANTS'], rows, narrower(layout)).map(indent),
    ...(more > 0 ? [indent(`${andMore(more)}; \`--all\` shows them`)] : []),
  ];
}

/** The ones that have no say: why the others refuse has been said. */
function nearMissLines(
  { actions, nearMisses: all, permissions }: ExplainedDecision,
  layout: TextLayout,
): readonly string[] {
  const said = new Set(permissions.map(({ explanation }) => explanation));
  const verb = `does not grant ${actions.join(', ')}`;
  const nearMisses = all.filter(
    ({ permission, because }) =>
      !said.has(`permission ${JSON.stringify(permission)} ${verb}: ${because}`),
  );
  if (nearMisses.length === 0) return [];
  const most = layout.all === true ? nearMisses.length : MAX_NEAR_MISSES;
  const more = nearMisses.length - most;
  return [
    '',
    said.size === 0
      ? 'Permissions that fail on one condition only:'
      : 'Other permissions that fail on one condition only:',
    ...nearMisses
      .slice(0, most)
      .flatMap(({ permission, because }) => sentence(`${permission}: ${because}`, layout)),
    ...(more > 0 ? [indent(andMore(more))] : []),
  ];
}

function sentence(text: string, { width }: TextLayout): readonly string[] {
  const room = width === undefined ? Number.POSITIVE_INFINITY : width - INDENT.length;
  return wrapWords(neutralize(text), room).map(indent);
}

function narrower({ width, ...layout }: TextLayout): TextLayout {
  return { ...layout, width: width === undefined ? undefined : width - INDENT.length };
}

function indent(line: string): string {
  return line === '' ? '' : INDENT + line;
}
