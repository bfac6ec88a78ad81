import { isPlainObject } from '../../model/index.js';
import { type AbsentPolicy, absentDocument } from './absent-policy.js';

export type Members = Readonly<Record<string, unknown>>;

/** A policy document in a file. */
export interface FoundPolicy {
  readonly document: unknown;
  /** What the file calls the policy; left out: the file holds one alone. */
  readonly label?: string;
  /**
   * ARN of the user, group or role, or its name in a template; left out: the file does not say so.
   */
  readonly principal?: string;
  /** ARNs of the instance profiles that the role is in. */
  readonly profiles?: readonly string[];
  /** Whether AWS applies it: a version that is not the default one is stored and has no effect. */
  readonly isInForce: boolean;
  /** What is attached and not in the file. */
  readonly absent?: AbsentPolicy;
}

/** A policy that is attached, and that the file does not hold. */
export function foundAbsent(absent: AbsentPolicy, about: Partial<FoundPolicy>): FoundPolicy {
  return {
    isInForce: true,
    ...about,
    label: absent.id,
    document: absentDocument(absent),
    absent,
  };
}

/** Whether an object has the form of a policy document, sound or not. */
export function isDocument(json: Members): boolean {
  if (Object.hasOwn(json, 'Statement')) return true;
  // A misspelt one has a version that tells it.
  const version = json['Version'] ?? json['version'];
  const isPolicy = typeof version === 'string' && /^20\d\d-\d\d-\d\d$/.test(version);
  return isPolicy && Object.keys(json).some((key) => /^statements?$/i.test(key));
}

/** A document in an answer, which may be percent-encoded (RFC 3986). */
export function readDocument(value: unknown): unknown {
  if (typeof value === 'string') return decode(value);
  return isPlainObject(value) && isDocument(value) ? value : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function objectsIn(value: unknown): readonly Members[] {
  return Array.isArray(value) ? value.filter(isPlainObject) : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '?';
}
