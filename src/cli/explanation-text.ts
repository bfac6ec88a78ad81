import { foldNames, neutralize, renderTable, type TextLayout, wrapWords } from '../audit/index.js';
import { formatResource, type Vocabulary } from '../model/index.js';
import type { ExplainedDecision } from './explain-decision.js';

/** Most permissions that are listed as nearly granting. */
const MAX_NEAR_MISSES = 10;
const INDENT = '  ';

/** An explained decision for people: the answer first. Lines without line ends. */
export function explanationText(
  explained: ExplainedDecision,
  vocabulary: Vocabulary,
  layout: TextLayout,
): readonly string[] {
  const { user, actions, resource, allowed, explanation, ifEnforced } = explained;
  const { style } = layout;
  const answer = allowed ? style('green', 'allowed') : style('red', 'refused');
  const who = user === null ? 'anonymous' : neutralize(user.username);
  const what = neutralize(
    formatResource({ ...resource, project: resource.project ?? undefined, tags: {} }),
  );
  return [
    `${answer} ${who}: ${actions.join(', ')} on ${what}`,
    ...sentence(explanation, layout),
    ...(ifEnforced === null ? [] : sentence(`with auth on: ${ifEnforced.explanation}`, layout)),
    ...governingTable(explained, vocabulary, layout),
    ...nearMissLines(explained, layout),
  ];
}

function governingTable(
  { governing }: ExplainedDecision,
  { actionAliases }: Vocabulary,
  layout: TextLayout,
): readonly string[] {
  if (governing.length === 0) return [];
  const rows = governing.map(({ name, actions, requires, granted }) => [
    name,
    { flow: foldNames(actions, actionAliases) },
    requires,
    granted ? 'yes' : 'no',
  ]);
  return [
    '',
    'Permissions that govern it:',
    ...renderTable(['NAME', 'ACTIONS', 'REQUIRES', 'GRANTS'], rows, narrower(layout)).map(indent),
  ];
}

function nearMissLines({ nearMisses }: ExplainedDecision, layout: TextLayout): readonly string[] {
  if (nearMisses.length === 0) return [];
  const more = nearMisses.length - MAX_NEAR_MISSES;
  return [
    '',
    'Permissions that fail on one condition only:',
    ...nearMisses
      .slice(0, MAX_NEAR_MISSES)
      .flatMap(({ permission, because }) => sentence(`${permission}: ${because}`, layout)),
    ...(more > 0 ? [indent(`and ${more} more`)] : []),
  ];
}

function sentence(text: string, { width }: TextLayout): readonly string[] {
  const room = width === undefined ? Number.POSITIVE_INFINITY : width - INDENT.length;
  return wrapWords(neutralize(text), room).map(indent);
}

function narrower({ style, width }: TextLayout): TextLayout {
  return { style, width: width === undefined ? undefined : width - INDENT.length };
}

function indent(line: string): string {
  return INDENT + line;
}
