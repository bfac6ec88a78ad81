import { applyPlan, applyPlanToBytes, joinBytes } from './redact-text.js';
import { PLAN_START, type PlanContext, planRedaction } from './redaction-plan.js';
import type { SecretRegistry } from './secret-registry.js';

/** A piece of a text: a string, or UTF-8, which may be cut inside a character. */
export type TextPiece = string | Uint8Array;

/**
 * Masks the secrets of a text that comes in pieces, those too that are cut by the borders of the
 * pieces. What may be the beginning of a secret is kept back until it is known; a piece that ends
 * with a line break is nearly never kept.
 */
export interface PieceRedactor {
  /**
   * What is settled by now: a string for a string and bytes for bytes, unless bytes and strings are
   * mixed. May be empty.
   */
  write(piece: TextPiece): TextPiece;
  /** What was kept back. Afterwards a new text may begin. */
  end(): TextPiece;
}

/** Longer pieces are taken in parts: what is scanned stays in the processor's cache. */
const PART = 2 ** 18;
/**
 * More is not kept back. Only what is hidden between this many zero-width characters, or is written
 * with so many escapes, can be longer and the beginning of a secret.
 */
const MOST_KEPT = 2 ** 21;

const encoder = new TextEncoder();

export function createPieceRedactor(registry: SecretRegistry): PieceRedactor {
  let kept: TextPiece = '';
  let context: PlanContext = PLAN_START;

  function redactString(text: string, complete: boolean): string {
    // Half a character has no bytes: it waits for the other half.
    const half = complete ? '' : openHalf(text);
    const whole = half === '' ? text : text.slice(0, -1);
    const bytes = encoder.encode(whole);
    const plan = planRedaction(registry, bytes, context, complete);
    if (bytes.length - plan.settled > MOST_KEPT) return redactString(text, true);
    const { settled, rest } = applyPlan(whole, bytes, plan);
    kept = rest + half;
    context = plan;
    return settled;
  }

  function redactUtf8(bytes: Uint8Array, complete: boolean): Uint8Array {
    const plan = planRedaction(registry, bytes, context, complete);
    if (bytes.length - plan.settled > MOST_KEPT) return redactUtf8(bytes, true);
    const { settled, rest } = applyPlanToBytes(bytes, plan);
    // A copy: the caller may use the bytes for something else.
    kept = new Uint8Array(rest);
    context = plan;
    return settled;
  }

  function next(piece: TextPiece, complete: boolean): TextPiece {
    if (kept.length === 0) {
      return typeof piece === 'string'
        ? redactString(piece, complete)
        : redactUtf8(piece, complete);
    }
    if (typeof piece === 'string' && typeof kept === 'string') {
      return redactString(kept + piece, complete);
    }
    return redactUtf8(joinBytes([toBytes(kept), toBytes(piece)]), complete);
  }

  return {
    write(piece) {
      if (piece.length <= PART) return next(piece, false);
      const parts: TextPiece[] = [];
      for (let at = 0; at < piece.length; at += PART) {
        const end = at + PART;
        parts.push(
          next(typeof piece === 'string' ? piece.slice(at, end) : piece.subarray(at, end), false),
        );
      }
      return joinPieces(parts);
    },
    end() {
      const last = next(typeof kept === 'string' ? '' : new Uint8Array(), true);
      kept = '';
      context = PLAN_START;
      return last;
    },
  };
}

/** The first half of a surrogate pair that a text ends with. */
function openHalf(text: string): string {
  const unit = text.charCodeAt(text.length - 1);
  return unit >= 0xd800 && unit <= 0xdbff ? text.slice(-1) : '';
}

function toBytes(piece: TextPiece): Uint8Array {
  return typeof piece === 'string' ? encoder.encode(piece) : piece;
}

function joinPieces(pieces: readonly TextPiece[]): TextPiece {
  if (pieces.every((piece) => typeof piece === 'string')) return pieces.join('');
  return joinBytes(pieces.map(toBytes));
}
