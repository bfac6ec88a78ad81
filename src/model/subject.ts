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
 * A frozen copy of a subject, so that later changes of the original neither add nor keep a right;
 * the same one where it is such a copy already.
 *
 * @throws TypeError when `subject` is neither `null` nor an object with a string `username` and
 *   lists.
 */
export function freezeSubject(subject: Subject): Subject;
export function freezeSubject(subject: Subject | null): Subject | null;
export function freezeSubject(subject: Subject | null): Subject | null {
  const own = ownSubject(subject);
  if (own === null || FROZEN.has(own)) return own;
  const copy: Subject = Object.freeze({
    username: own.username,
    roles: frozenList(own.roles),
    groups: frozenList(own.groups),
    namespaces: frozenList(own.namespaces),
    claims: own.claims === undefined ? NO_CLAIMS : frozenCopy({ ...own.claims }),
  });
  FROZEN.add(copy);
  return copy;
}

const NO_NAMES: readonly string[] = Object.freeze([]);
const NO_CLAIMS: NonNullable<Subject['claims']> = Object.freeze({});

function frozenList(list: readonly string[] | undefined): readonly string[] {
  return list === undefined || list.length === 0 ? NO_NAMES : Object.freeze([...list]);
}

/**
 * A subject that can be read without regard to its prototype: the same object where its prototype
 * adds nothing, otherwise a copy of its own members.
 *
 * SECURITY: a `roles` on `Object.prototype` would be a role of every subject that has no list.
 *
 * @throws TypeError when `subject` is neither `null` nor an object with a string `username` and
 *   lists.
 */
export function ownSubject(subject: Subject | null): Subject | null {
  if (subject === null) return null;
  if (typeof subject !== 'object') {
    throw new TypeError('a subject is an object, or null for the anonymous one');
  }
  // Before the prototype: with the shape known from these reads, looking at it costs nothing.
  const { username, roles, groups, namespaces } = subject;
  if (inheritsMembers(subject)) {
    const own = copyOwn(subject);
    assertMembers(own);
    return own;
  }
  assertMembers({ username, roles, groups, namespaces });
  return subject;
}

/**
 * @throws TypeError when `subject` is neither `null` nor an object with a string `username` and
 *   lists.
 */
export function assertSubject(subject: unknown): asserts subject is Subject | null {
  ownSubject(subject as Subject | null);
}

/** What a plain object inherits from, as somebody may have changed it. */
const PLAIN: Partial<Subject> = Object.prototype;

// Written out: each question about a plain subject runs it, and reading what is missing costs next
// to nothing.
function inheritsMembers(subject: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(subject);
  if (prototype === PLAIN) {
    return (
      PLAIN.roles !== undefined ||
      PLAIN.groups !== undefined ||
      PLAIN.namespaces !== undefined ||
      PLAIN.username !== undefined ||
      PLAIN.claims !== undefined
    );
  }
  return prototype !== null && MEMBERS.some((member) => member in prototype);
}

const MEMBERS = ['username', 'roles', 'groups', 'namespaces', 'claims'] as const;

function copyOwn(subject: Subject): Subject {
  const own = <K extends keyof Subject>(field: K): Subject[K] | undefined =>
    Object.hasOwn(subject, field) ? subject[field] : undefined;
  // All members are own ones, so that reading the copy meets no prototype either.
  return {
    username: own('username') as string,
    roles: own('roles'),
    groups: own('groups'),
    namespaces: own('namespaces'),
    claims: own('claims'),
  };
}

// As given: the types say nothing about what a JavaScript caller hands in.
function assertMembers({ username, roles, groups, namespaces }: Readonly<Subject>): void {
  if (typeof username !== 'string') throw new TypeError('subject.username must be a string');
  assertList('roles', roles);
  assertList('groups', groups);
  assertList('namespaces', namespaces);
}

// A string would be walked character by character, and a role named `a` is a role that someone may
// hold.
function assertList(field: string, list: unknown): void {
  if (list !== undefined && !Array.isArray(list)) {
    throw new TypeError(`subject.${field} must be a list of strings`);
  }
}
