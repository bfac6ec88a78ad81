import { type ByteList, ByteLists } from './byte-lists.js';
import { BACKSLASH, BASE64_VALUE, HEX_VALUE, LETTER_U, PLUS, SLASH } from './byte-tables.js';
import type { SecretRegistry } from './secret-registry.js';
import { SpanList } from './span-list.js';
import { visibleText } from './zero-width.js';

const encoder = new TextEncoder();

/** A part of a text, in bytes of UTF-8, and what takes its place. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly mask: string;
}

/** What is to be done with a text. */
export interface RedactionPlan {
  readonly replacements: readonly Replacement[];
  /** The text before this place is settled; the rest is to be seen again with what follows. */
  readonly settled: number;
  /** So many bytes after `settled` belong to a secret whose mask is among the replacements. */
  readonly covered: number;
  /** Backslashes that the settled text ends with, modulo 8. */
  readonly backslashes: number;
  /** Whether a token was masked up to the end of the text, which may go on. */
  readonly runsOn: boolean;
  /** The last byte of the settled text. */
  readonly before: number;
}

/** What the text before left behind: see {@link RedactionPlan}. */
export interface PlanContext {
  readonly covered: number;
  readonly backslashes: number;
  readonly runsOn: boolean;
  readonly before: number;
}

/** At the beginning of a text. */
export const PLAN_START: PlanContext = { covered: 0, backslashes: 0, runsOn: false, before: 0 };

/**
 * JSON in JSON in JSON doubles a backslash three times. A mask has that many or none before it: any
 * rest would escape the mask's first character and break the JSON.
 */
const BACKSLASH_PERIOD = 8;

/**
 * Finds the secrets of a text, and says what is to be replaced. @param complete false: the text
 * goes on
 */
export function planRedaction(
  registry: SecretRegistry,
  bytes: Uint8Array,
  context: PlanContext,
  complete: boolean,
): RedactionPlan {
  const spans = new SpanList();
  const visible = visibleText(bytes, complete);
  let settled = visible.bytes.length;
  let base = 0;
  const lists = new ByteLists(visible.bytes, visible.lists, context.before, complete);
  for (const finder of registry.finders()) {
    settled = Math.min(settled, finder.find(visible.bytes, lists, complete, spans, base));
    base += finder.secrets.length;
  }
  spans.normalize();
  const isAll = visible.whole && settled === visible.bytes.length;
  settled = isAll ? bytes.length : visible.originOf(settled);
  if (settled < bytes.length) settled = escapeStart(bytes, settled, context.backslashes);
  const replacements: Replacement[] = [];
  let cursor = context.runsOn ? endOfToken(bytes, context.covered) : context.covered;
  let runsOn = context.runsOn && cursor === bytes.length;
  if (cursor > 0) replacements.push({ start: 0, end: cursor, mask: '' });
  for (let span = 0; span < spans.count; span++) {
    const first = visible.originOf(spans.start(span));
    const owner = spans.owner(span);
    let end = visible.originOf(spans.end(span) - 1) + 1;
    const from = escapeStart(bytes, first, context.backslashes);
    if (from >= settled) break;
    const isOpen = registry.runsOn(owner);
    if (isOpen) end = endOfToken(bytes, end);
    if (end <= cursor) continue;
    runsOn = isOpen && end === bytes.length;
    // A secret that overlaps one masked before lies under the same mask.
    if (first < cursor) replacements.push({ start: cursor, end, mask: '' });
    else {
      const start = Math.max(cursor, from);
      const form = lists.formOf(spans.start(span), spans.end(span));
      replacements.push({ start, end, mask: maskIn(form, registry.mask(owner)) });
    }
    cursor = end;
  }
  return {
    replacements,
    settled,
    covered: Math.max(0, cursor - settled),
    backslashes: backslashesBefore(bytes, settled, context.backslashes),
    runsOn: runsOn && !complete,
    before: settled === 0 ? context.before : (bytes[settled - 1] as number),
  };
}

/**
 * A mask as it stands in a list of numbers in decimal: its bytes, so that JSON stays JSON and the
 * list can be read back. Where each number has a key, there is room for one.
 */
function maskIn(form: ByteList['form'] | undefined, mask: string): string {
  if (form === undefined) return mask;
  const numbers = [...encoder.encode(mask)];
  return form === 'keyed' ? `${numbers[0]}` : numbers.join(',');
}

/** Where the characters of base64url end that follow a place. */
function endOfToken(bytes: Uint8Array, place: number): number {
  let end = place;
  while (end < bytes.length) {
    const byte = bytes[end] as number;
    if ((BASE64_VALUE[byte] as number) < 0 || byte === PLUS || byte === SLASH) break;
    end++;
  }
  return end;
}

/**
 * Where an escape begins that a place lies in, or the backslashes that would escape what is put
 * there.
 */
function escapeStart(bytes: Uint8Array, at: number, carried: number): number {
  let start = at;
  for (let back = 1; back <= 4 && back < at; back++) {
    const byte = bytes[at - back] as number;
    if (byte === LETTER_U && bytes[at - back - 1] === BACKSLASH) start = at - back;
    if ((HEX_VALUE[byte] as number) < 0) break;
  }
  return Math.max(0, start - backslashesBefore(bytes, start, carried));
}

/** Backslashes before a place, modulo 8; `carried`: those before the text. */
function backslashesBefore(bytes: Uint8Array, at: number, carried: number): number {
  let from = at;
  while (from > 0 && bytes[from - 1] === BACKSLASH) from--;
  return (at - from + (from === 0 ? carried : 0)) % BACKSLASH_PERIOD;
}
