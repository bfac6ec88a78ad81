import { PLAN_START, planRedaction, type RedactionPlan } from './redaction-plan.js';
import type { SecretRegistry } from './secret-registry.js';

const encoder = new TextEncoder();

/** Masks the secrets of a whole text. A text without any is given back as it is. */
export function redactText(registry: SecretRegistry, text: string): string {
  if (registry.finders().length === 0) return text;
  const bytes = encoder.encode(text);
  return applyPlan(text, bytes, planRedaction(registry, bytes, PLAN_START, true)).settled;
}

/** Masks the secrets of a whole text in UTF-8. Bytes without any are given back as they are. */
export function redactBytes(registry: SecretRegistry, bytes: Uint8Array): Uint8Array {
  if (registry.finders().length === 0) return bytes;
  return applyPlanToBytes(bytes, planRedaction(registry, bytes, PLAN_START, true)).settled;
}

/** The part of a text that is settled, with masks, and the rest as it was. */
export interface AppliedPlan<T> {
  readonly settled: T;
  readonly rest: T;
}

/** Carries out a plan on a string; `bytes` is its UTF-8 form, in which the plan counts. */
export function applyPlan(
  text: string,
  bytes: Uint8Array,
  plan: RedactionPlan,
): AppliedPlan<string> {
  const { replacements, settled } = plan;
  if (replacements.length === 0 && settled === bytes.length) return { settled: text, rest: '' };
  const indexOf = bytes.length === text.length ? (place: number): number => place : indexer(text);
  let masked = '';
  let cursor = 0;
  // Places may only be asked for in their order: what is covered may reach beyond what is settled.
  for (const { start, end, mask } of replacements) {
    const from = indexOf(Math.min(start, settled));
    masked += text.slice(cursor, from) + mask;
    cursor = indexOf(Math.min(end, settled));
  }
  const rest = indexOf(settled);
  return { settled: masked + text.slice(cursor, rest), rest: text.slice(rest) };
}

/** Carries out a plan on bytes. */
export function applyPlanToBytes(bytes: Uint8Array, plan: RedactionPlan): AppliedPlan<Uint8Array> {
  const { replacements, settled } = plan;
  if (replacements.length === 0) {
    if (settled === bytes.length) return { settled: bytes, rest: bytes.subarray(settled) };
    return { settled: bytes.subarray(0, settled), rest: bytes.subarray(settled) };
  }
  const parts: Uint8Array[] = [];
  let cursor = 0;
  for (const { start, end, mask } of replacements) {
    parts.push(bytes.subarray(cursor, Math.min(start, settled)), encoder.encode(mask));
    cursor = Math.min(end, settled);
  }
  parts.push(bytes.subarray(cursor, settled));
  return { settled: joinBytes(parts), rest: bytes.subarray(settled) };
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** The index in a string of places in its UTF-8 form, which are to be asked for in rising order. */
function indexer(text: string): (place: number) => number {
  let index = 0;
  let bytes = 0;
  return (place) => {
    while (bytes < place) {
      const point = text.codePointAt(index) as number;
      index += point > 0xffff ? 2 : 1;
      bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    }
    return index;
  };
}
