import { endOfTemplateMark } from './template-values.js';

/** Whether something holds for all of a target, for a part of it, or for nothing of it. */
export type Extent = 'all' | 'part' | 'none';

/**
 * A text to match, or, where `open`, all texts that begin with `text`.
 *
 * An open target stands for resources whose names are unknown, such as the streams of a table.
 */
export interface Target {
  readonly text: string;
  readonly open: boolean;
}

/** A wildcard that stands for any run of characters; in `segment` for none that holds a colon. */
type Token = { readonly literal: string } | 'any' | 'segment' | 'one';

/**
 * A pattern of a policy, read into tokens once.
 *
 * Cost: O(pattern length × text length) a match, whatever the pattern: all places in it are
 * followed at a time, and nothing is tried twice.
 */
export class WildcardPattern {
  readonly #tokens: readonly Token[];
  /** Whether a part of it is known only when a request is made: what it matches, it may match. */
  readonly hasVariables: boolean;

  private constructor(tokens: readonly Token[], hasVariables: boolean) {
    this.#tokens = tokens;
    this.hasVariables = hasVariables;
  }

  /**
   * Reads a pattern of an action's name or of an ARN.
   *
   * Shape: `undefined` where a policy variable is not closed or empty. With `variables`, `${…}` is
   * a policy variable, and `${*}`, `${?}` and `${$}` are these characters.
   *
   * A `*` at the end of a colon-separated segment may run over colons, any other one and `?` may
   * not.
   *
   * @source docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html,
   * reference_policies_variables.html
   */
  static read(source: string, variables: boolean): WildcardPattern | undefined {
    const tokens: Token[] = [];
    let hasVariables = false;
    for (let at = 0; at < source.length; at++) {
      const character = source.charAt(at);
      const markEnd = endOfTemplateMark(source, at);
      if (markEnd >= 0) {
        hasVariables = true;
        tokens.push('any');
        at = markEnd;
      } else if (variables && source.startsWith('${', at)) {
        const end = source.indexOf('}', at);
        if (end <= at + 2) return undefined;
        const name = source.slice(at + 2, end);
        const isCharacter = name === '*' || name === '?' || name === '$';
        hasVariables ||= !isCharacter;
        tokens.push(isCharacter ? { literal: name } : 'any');
        at = end;
      } else if (character === '*') {
        const next = source[at + 1];
        if (next === '*') continue;
        tokens.push(next === undefined || next === ':' ? 'any' : 'segment');
      } else {
        tokens.push(character === '?' ? 'one' : { literal: character });
      }
    }
    return new WildcardPattern(tokens, hasVariables);
  }

  matches({ text, open }: Target): Extent {
    const end = this.#tokens.length;
    let places: Places = { marks: new Uint8Array(end + 1), first: 0, last: 0 };
    let next: Places = { marks: new Uint8Array(end + 1), first: 0, last: 0 };
    this.#reach(places, 0);
    for (const character of text) {
      this.#advance(places, { literal: character }, next);
      if (next.last < next.first) return 'none';
      [places, next] = [next, places];
    }
    const { marks } = places;
    const isRunAtEnd = marks[end - 1] === 1 && this.#tokens[end - 1] === 'any';
    const matchesAll = open ? isRunAtEnd : marks[end] === 1;
    if (matchesAll) return this.hasVariables ? 'part' : 'all';
    // An open target that ends within the pattern: some text goes on as the pattern does.
    return open ? 'part' : 'none';
  }

  /**
   * Whether all that `other` matches is matched. In doubt, as with variables, `false`.
   *
   * A wildcard of `other` is followed as a character that only wildcards as wide as it accept.
   */
  covers(other: WildcardPattern): boolean {
    if (this.hasVariables || other.hasVariables) return false;
    const end = this.#tokens.length;
    let places: Places = { marks: new Uint8Array(end + 1), first: 0, last: 0 };
    let next: Places = { marks: new Uint8Array(end + 1), first: 0, last: 0 };
    this.#reach(places, 0);
    for (const token of other.#tokens) {
      this.#advance(places, token, next);
      if (next.last < next.first) return false;
      [places, next] = [next, places];
    }
    return places.marks[end] === 1;
  }

  /** Where a character leads to from all places, into `next`. */
  #advance(places: Places, symbol: Token, next: Places): void {
    next.marks.fill(0, next.first, next.last + 1);
    next.first = Number.POSITIVE_INFINITY;
    next.last = -1;
    for (let place = places.first; place <= places.last; place++) {
      const token = this.#tokens[place];
      if (places.marks[place] === 0 || token === undefined || !accepts(token, symbol)) continue;
      this.#reach(next, isRun(token) ? place : place + 1);
    }
  }

  /** Marks a place, and those after runs that stand for nothing, each once. */
  #reach(places: Places, start: number): void {
    places.first = Math.min(places.first, start);
    for (let place = start; places.marks[place] === 0; place++) {
      places.marks[place] = 1;
      places.last = Math.max(places.last, place);
      const token = this.#tokens[place];
      if (token === undefined || !isRun(token)) return;
    }
  }
}

/** Places in a pattern: those with a mark, all of them between the first and the last. */
interface Places {
  readonly marks: Uint8Array;
  first: number;
  last: number;
}

function isRun(token: Token): boolean {
  return token === 'any' || token === 'segment';
}

function accepts(token: Token, symbol: Token): boolean {
  if (token === 'any') return true;
  if (symbol === 'any') return false;
  if (token === 'segment') return typeof symbol === 'string' || symbol.literal !== ':';
  if (token === 'one') return symbol === 'one' || (symbol !== 'segment' && symbol.literal !== ':');
  return typeof symbol !== 'string' && token.literal === symbol.literal;
}

/** How much of a target at least one of several patterns matches. */
export function extentOfAny(extents: Iterable<Extent>): Extent {
  let most: Extent = 'none';
  for (const extent of extents) {
    if (extent === 'all') return 'all';
    if (extent === 'part') most = 'part';
  }
  return most;
}

/** How much of a target is left. */
export function complement(extent: Extent): Extent {
  if (extent === 'part') return 'part';
  return extent === 'all' ? 'none' : 'all';
}
