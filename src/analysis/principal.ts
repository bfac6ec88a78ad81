import type { PolicyData, PolicyKind } from '../model/index.js';
import type { SubjectAttribute } from '../policy/index.js';

/** A user with a name, whatever else it has: what a project without permissions asks for. */
export interface NamedUser {
  readonly kind: 'named-user';
}

/**
 * A policy of a kind of your own that is a predicate: it is satisfied or not, and nothing else is
 * known of it.
 */
export interface OpaquePolicy {
  readonly kind: 'policy';
  readonly policy: PolicyData;
  /** What the policy requires, as a noun phrase. */
  readonly requires: string;
}

/** One thing that a subject can have and that a decision asks for. */
export type AccessPrincipal = SubjectAttribute | NamedUser | OpaquePolicy;

/** A role, group or namespace. */
export type NamedPrincipal = SubjectAttribute;

/** A principal with the key that equal ones share, in other snapshots too. */
export interface Atom {
  readonly key: string;
  readonly principal: AccessPrincipal;
}

export const NAMED_USER: Atom = Object.freeze({
  key: 'named-user',
  principal: Object.freeze({ kind: 'named-user' as const }),
});

export function attributeAtom(principal: SubjectAttribute): Atom {
  return { key: attributeKey(principal), principal };
}

export function attributeKey({ kind, name }: SubjectAttribute): string {
  return `${kind}:${name}`;
}

const identities = new WeakMap<object, number>();
let identityCount = 0;

/** A number for an object: the same one each time. */
function identityOf(value: object): number {
  let identity = identities.get(value);
  if (identity === undefined) {
    identity = identityCount++;
    identities.set(value, identity);
  }
  return identity;
}

/**
 * @param data the policy's key: a text for policies that equal ones share, otherwise the policy
 *   itself
 */
export function opaqueAtom(
  kind: PolicyKind,
  policy: PolicyData,
  data: unknown,
  requires: string,
): Atom {
  const written = typeof data === 'string' ? data : `object ${identityOf(policy)}`;
  const principal = Object.freeze({ kind: 'policy' as const, policy, requires });
  return { key: `policy:${identityOf(kind)}:${written}`, principal };
}
