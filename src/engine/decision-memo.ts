import type { Decision } from '../model/index.js';
import type { DerivedSubject } from '../policy/index.js';
import type { RegisteredResource } from './registered-resources.js';

const SETS = 4096;
/** Total number of permissions that the kept decisions may name. */
const MAX_PERMISSIONS = 131_072;

/** A question, and what was decided on it when it came for the second time. */
interface Entry {
  subject: DerivedSubject;
  mask: number;
  resource: RegisteredResource;
  decision: Decision | undefined;
}

/**
 * Decisions that were made before. A server asks the same few questions again and again, and a log
 * of decisions wants the reasons each time.
 *
 * A table of fixed size with two places for each hash, like a processor's cache. A decision is kept
 * when its question comes for the second time: keeping those that never come again costs the
 * garbage collector more than making them.
 */
export class DecisionMemo {
  /** Pairs of places: the one that was used last comes first. */
  #entries: (Entry | undefined)[] = [];
  #permissions = 0;

  /**
   * @param mask the actions of the question
   * @returns undefined: never kept, or forgotten
   */
  get(subject: DerivedSubject, mask: number, resource: RegisteredResource): Decision | undefined {
    return this.#find(subject, mask, resource)?.decision;
  }

  /**
   * Keeps the decision on a question that was asked before, unless it would take much of the room.
   *
   * @param permissions number of permissions that the decision may name
   */
  add(
    subject: DerivedSubject,
    mask: number,
    resource: RegisteredResource,
    { decision, permissions }: { readonly decision: Decision; readonly permissions: number },
  ): void {
    if (permissions > MAX_PERMISSIONS / 16) return;
    const entry = this.#find(subject, mask, resource);
    if (entry === undefined) {
      this.#replace(subject, mask, resource);
      return;
    }
    this.#permissions += permissions;
    if (this.#permissions > MAX_PERMISSIONS) {
      this.#entries = [];
      this.#permissions = 0;
    } else {
      entry.decision = decision;
    }
  }

  #find(subject: DerivedSubject, mask: number, resource: RegisteredResource): Entry | undefined {
    const at = placeOf(subject, mask, resource);
    const entries = this.#entries;
    const first = entries[at];
    if (isOf(first, subject, mask, resource)) return first;
    const second = entries[at + 1];
    if (!isOf(second, subject, mask, resource)) return undefined;
    entries[at] = second;
    entries[at + 1] = first;
    return second;
  }

  /** Forgets the question that was asked the longest ago of those with the same hash. */
  #replace(subject: DerivedSubject, mask: number, resource: RegisteredResource): void {
    if (this.#entries.length === 0) this.#entries = new Array(2 * SETS).fill(undefined);
    const entries = this.#entries;
    const at = placeOf(subject, mask, resource);
    const oldest = entries[at + 1];
    entries[at + 1] = entries[at];
    if (oldest === undefined) {
      entries[at] = { subject, mask, resource, decision: undefined };
      return;
    }
    oldest.subject = subject;
    oldest.mask = mask;
    oldest.resource = resource;
    oldest.decision = undefined;
    entries[at] = oldest;
  }
}

function isOf(
  entry: Entry | undefined,
  subject: DerivedSubject,
  mask: number,
  resource: RegisteredResource,
): entry is Entry {
  return (
    entry !== undefined &&
    entry.resource === resource &&
    entry.subject === subject &&
    entry.mask === mask
  );
}

/** Of the first of two places, by a hash of the question (FNV-1a). */
function placeOf({ serial }: DerivedSubject, mask: number, { name }: RegisteredResource): number {
  let hash = Math.imul(0x811c9dc5 ^ serial, 0x01000193);
  hash = Math.imul(hash ^ mask, 0x01000193);
  for (let at = 0; at < name.length; at++) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  }
  return 2 * ((hash ^ (hash >>> 15)) & (SETS - 1));
}
