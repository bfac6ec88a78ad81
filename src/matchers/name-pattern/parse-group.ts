import {
  applyInlineFlags,
  type InlineFlags,
  type PatternFlags,
  parseInlineFlags,
  startsInlineFlags,
} from './inline-flags.js';
import type { ParseContext } from './parse-context.js';
import {
  choiceWidth,
  type Piece,
  plainPiece,
  sequenceNode,
  sequenceWidth,
  ZERO_WIDTH,
} from './pattern-piece.js';
import { isPythonIdentifier, parsePythonInteger } from './python-text.js';

/** Group numbers from here on are errors. @source CPython, `_sre.MAXGROUPS` */
const MAX_GROUPS = 1_073_741_823;

/**
 * Parses a group whose `(` is taken already.
 *
 * Shape: the piece; or the flags that hold for the whole pattern, for `(?i)`; or undefined, for a
 * comment.
 */
export function parseGroup(
  context: ParseContext,
  flags: PatternFlags,
): Piece | InlineFlags | undefined {
  const { scanner } = context;
  const start = scanner.position - 1;
  if (!scanner.match('?')) return parseCapture(context, flags, start);
  const token = takeExtension(context);
  switch (token) {
    case 'P':
      return parseNamed(context, flags, start);
    case ':':
      return parsePlain(context, flags, start);
    case '>': {
      if (!scanner.dialect.hasAtomicGroups) break;
      const body = parseBody(context, flags, start);
      return plainPiece({ type: 'atomic', body: sequenceNode(body) }, sequenceWidth(body));
    }
    case '#':
      return skipComment(context, start);
    case '(':
      return parseConditional(context, flags, start);
    case '=':
    case '!':
      return parseLookAhead(context, flags, start, token === '!');
    case '<':
      return parseLookBehind(context, flags, start);
  }
  if (startsInlineFlags(token, scanner.dialect)) return parseFlagged(context, flags, start, token);
  throw scanner.error(`unknown extension ?${token}`, start + 1);
}

function takeExtension({ scanner }: ParseContext): string {
  const token = scanner.take();
  if (token === undefined) throw scanner.error('pattern ends inside a group');
  return token;
}

/** Parses alternatives and the `)` after them. */
function parseBody(context: ParseContext, flags: PatternFlags, start: number): readonly Piece[] {
  const body = context.parseAlternatives(flags);
  expectClose(context, start);
  return body;
}

function expectClose({ scanner }: ParseContext, start: number): void {
  if (!scanner.match(')')) throw scanner.error('missing ) of a group', start);
}

function parseCapture(
  context: ParseContext,
  flags: PatternFlags,
  start: number,
  name?: { readonly text: string; readonly start: number },
): Piece {
  const { scanner, groups } = context;
  const group = groups.open(name?.text);
  if (group === undefined) throw scanner.error('group name used twice', name?.start);
  const body = parseBody(context, flags, start);
  const width = sequenceWidth(body);
  groups.close(group, width);
  return plainPiece(sequenceNode(body), width);
}

function parsePlain(context: ParseContext, flags: PatternFlags, start: number): Piece {
  const inner = parseBody(context, flags, start);
  return { ...plainPiece(sequenceNode(inner), sequenceWidth(inner)), inner };
}

function parseFlagged(
  context: ParseContext,
  flags: PatternFlags,
  start: number,
  first: string,
): Piece | InlineFlags {
  const inline = parseInlineFlags(context.scanner, first);
  if (inline.scope === 'pattern') return inline;
  const body = parseBody(context, applyInlineFlags(flags, inline), start);
  return plainPiece(sequenceNode(body), sequenceWidth(body));
}

function parseNamed(context: ParseContext, flags: PatternFlags, start: number): Piece {
  const { scanner } = context;
  if (scanner.match('<')) {
    const name = scanner.takeUntil('>', 'group name');
    if (!isPythonIdentifier(name.text, scanner.dialect.classes))
      throw scanner.error('bad group name', name.start);
    return parseCapture(context, flags, start, name);
  }
  if (scanner.match('=')) return parseNamedReference(context, start);
  const token = takeExtension(context);
  throw scanner.error(`unknown extension ?P${token}`, start + 1);
}

function parseNamedReference({ scanner, groups, findings }: ParseContext, start: number): Piece {
  const { text, start: nameStart } = scanner.takeUntil(')', 'group name');
  if (!isPythonIdentifier(text, scanner.dialect.classes))
    throw scanner.error('bad group name', nameStart);
  const group = groups.byName(text);
  if (group === undefined) throw scanner.error('unknown group name', nameStart);
  const width = groups.width(group);
  if (width === undefined) throw scanner.error('reference to an open group', nameStart);
  const conflict = groups.lookBehindConflict(group);
  if (conflict !== undefined) throw scanner.error(conflict);
  findings.addUnsupported(start, 'back-reference');
  return { ...plainPiece({ type: 'empty' }, width), key: `group ${group}` };
}

function skipComment({ scanner }: ParseContext, start: number): undefined {
  scanner.takeWhile((token) => token !== ')');
  if (!scanner.match(')')) throw scanner.error('missing ) of a comment', start);
  return undefined;
}

function parseLookAhead(
  context: ParseContext,
  flags: PatternFlags,
  start: number,
  negative: boolean,
): Piece {
  const body = sequenceNode(parseBody(context, flags, start));
  return plainPiece(
    { type: 'look', direction: 'ahead', negative, body, position: start },
    ZERO_WIDTH,
  );
}

function parseLookBehind(context: ParseContext, flags: PatternFlags, start: number): Piece {
  const { scanner, groups, findings } = context;
  const token = takeExtension(context);
  if (token !== '=' && token !== '!')
    throw scanner.error(`unknown extension ?<${token}`, start + 1);
  const outer = groups.lookBehindStart;
  groups.lookBehindStart ??= groups.count;
  const pieces = parseBody(context, flags, start);
  groups.lookBehindStart = outer;
  const { min, max } = sequenceWidth(pieces);
  if (min > scanner.dialect.maxLookBehind)
    findings.addInvalid(start, 'look-behind that looks too far back');
  if (min !== max) findings.addInvalid(start, 'look-behind that is not of fixed width');
  const body = sequenceNode(pieces);
  return plainPiece(
    { type: 'look', direction: 'behind', negative: token === '!', body, position: start },
    ZERO_WIDTH,
  );
}

function parseConditional(context: ParseContext, flags: PatternFlags, start: number): Piece {
  const { scanner, groups, findings } = context;
  const { text, start: nameStart } = scanner.takeUntil(')', 'group name');
  const group = conditionGroup(context, text, nameStart);
  const conflict = groups.lookBehindConflict(group);
  if (conflict !== undefined) throw scanner.error(conflict);
  findings.addUnsupported(start, 'conditional group');
  const yes = context.parseSequence(flags);
  let no: readonly Piece[] = [];
  if (scanner.match('|')) {
    no = context.parseSequence(flags);
    if (scanner.next === '|') throw scanner.error('conditional group with more than two branches');
  }
  expectClose(context, start);
  return plainPiece({ type: 'empty' }, choiceWidth([sequenceWidth(yes), sequenceWidth(no)]));
}

function conditionGroup({ scanner, groups }: ParseContext, text: string, position: number): number {
  const { classes, hasLooseGroupNumbers } = scanner.dialect;
  if (isPythonIdentifier(text, classes)) {
    const named = groups.byName(text);
    if (named === undefined) throw scanner.error('unknown group name', position);
    return named;
  }
  const isNumber = hasLooseGroupNumbers || /^[0-9]+$/.test(text);
  const group = isNumber ? parsePythonInteger(text, classes) : undefined;
  if (group === undefined || group < 0) throw scanner.error('bad group name', position);
  if (group === 0) throw scanner.error('reference to group 0', position);
  if (group >= MAX_GROUPS) throw scanner.error('group number that is too large', position);
  groups.ask(group, position);
  return group;
}
