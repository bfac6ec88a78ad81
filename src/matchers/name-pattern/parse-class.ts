import type { PatternFlags } from './inline-flags.js';
import type { ParseContext } from './parse-context.js';
import { parseClassEscape } from './parse-escape.js';
import { type Piece, uniqueItems } from './pattern-piece.js';
import { type PatternScanner, tokenLength } from './pattern-scanner.js';
import type { ClassItem } from './set-builder.js';

const HYPHEN: ClassItem = { type: 'literal', codePoint: 0x2d };

/** Parses a character class whose `[` is taken already. */
export function parseClass({ scanner, sets }: ParseContext, flags: PatternFlags): Piece {
  const start = scanner.position - 1;
  const negative = scanner.match('^');
  const members: ClassItem[] = [];
  for (;;) {
    const token = takeMember(scanner, start);
    if (token === ']' && members.length > 0) break;
    const item = parseMember(scanner, token);
    if (!scanner.match('-')) {
      members.push(item);
      continue;
    }
    const end = takeMember(scanner, start);
    if (end === ']') {
      members.push(item, HYPHEN);
      break;
    }
    members.push(
      parseRange(scanner, { token, item }, { token: end, item: parseMember(scanner, end) }),
    );
  }
  return sets.class(uniqueItems(members), negative, flags);
}

interface Member {
  readonly token: string;
  readonly item: ClassItem;
}

function parseRange(scanner: PatternScanner, first: Member, last: Member): ClassItem {
  if (
    first.item.type !== 'literal' ||
    last.item.type !== 'literal' ||
    last.item.codePoint < first.item.codePoint
  ) {
    // Python counts an escape as the two characters that it starts with.
    const length = tokenLength(first.token) + 1 + tokenLength(last.token);
    throw scanner.error(
      `bad character range ${first.token}-${last.token}`,
      scanner.position - length,
    );
  }
  return { type: 'range', first: first.item.codePoint, last: last.item.codePoint };
}

function takeMember(scanner: PatternScanner, start: number): string {
  const token = scanner.take();
  if (token === undefined) throw scanner.error('missing ] of a character class', start);
  return token;
}

function parseMember(scanner: PatternScanner, token: string): ClassItem {
  if (token.startsWith('\\')) return parseClassEscape(scanner, token);
  return { type: 'literal', codePoint: token.codePointAt(0) as number };
}
