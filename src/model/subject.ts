import { frozenCopy } from './plain-data.js';

/**
 * Who asks: what a verified token says about its bearer. `null` stands for the anonymous one.
 *
 * A missing list is an empty one. Nothing here is ever read from a token that was not verified.
 */
export interface Subject {
  readonly username: string;
  readonly roles?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly namespaces?: readonly string[] | undefined;
  /** The token's claims, for policy kinds of one's own. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
}

/** Those that were made here. Nothing else is known to be frozen all the way down. */
const FROZEN = new WeakSet<Subject>();

/** Whether {@link freezeSubject} made it, so that it never changes. */
export function isFrozenSubject(subject: Subject): boolean {
  return FROZEN.has(subject);
}

/**
 * A frozen copy of a subject, so that later changes of the original neither add nor keep a right; the same one where it is
 * such a copy already.
 *
 * @throws TypeError when `subject` is neither `null` nor an object with a string `username` and lists.
 */
export function freezeSubject(subject: Subject): Subject;
export function freezeSubject(subject: Subject | null): Subject | null;
export function freezeSubject(subject: Subject | null): Subject | null {
  assertSubject(subject);
  if (subject === null || FROZEN.has(subject)) return subject;
  const copy: Subject = Object.freeze({
    username: subject.username,
    roles: Object.freeze([...(subject.roles ?? [])]),
    groups: Object.freeze([...(subject.groups ?? [])]),
    namespaces: Object.freeze([...(subject.namespaces ?? [])]),
    claims: frozenCopy({ ...subject.claims }),
  });
  FROZEN.add(copy);
  return copy;
}

/** @throws TypeError when `subject` is neither `null` nor an object with a string `username` and lists. */
export function assertSubject(subject: unknown): asserts subject is Subject | null {
  if (subject === null) return;
  if (typeof subject !== 'object') {
    throw new TypeError('a subject is an object, or null for the anonymous one');
  }
  const { username, roles, groups, namespaces } = subject as Record<keyof Subject, unknown>;
  if (typeof username !== 'string') throw new TypeError('subject.username must be a string');
  assertList('roles', roles);
  assertList('groups', groups);
  assertList('namespaces', namespaces);
}

// A string would be walked character by character, and a role named `a` is a role that someone may hold.
function assertList(field: string, list: unknown): void {
  if (list !== undefined && !Array.isArray(list)) {
    throw new TypeError(`subject.${field} must be a list of strings`);
  }
}
