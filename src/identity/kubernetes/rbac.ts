import * as z from 'zod';

/** Whom a binding gives its role to. */
export interface RbacSubject {
  /** `User`, `Group` or `ServiceAccount`. */
  readonly kind: string;
  readonly name: string;
  /** Of a service account. */
  readonly namespace: string | undefined;
}

/** A RoleBinding, or, without a namespace, a ClusterRoleBinding. */
export interface RbacBinding {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly labels: ReadonlyMap<string, string>;
  readonly role: { readonly kind: string; readonly name: string };
  readonly subjects: readonly RbacSubject[];
}

/** A ClusterRole, as far as it says which namespaces it opens. */
export interface RbacClusterRole {
  readonly name: string;
  readonly rules: readonly {
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
    readonly resourceNames: readonly string[];
  }[];
}

const texts = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);
const optionalText = z
  .string()
  .nullish()
  .transform((text) => text ?? undefined);

/**
 * An item of the API server's RoleBindingList or ClusterRoleBindingList; fields that are not needed
 * are dropped.
 */
export const bindingSchema: z.ZodType<RbacBinding> = z
  .object({
    metadata: z.object({
      name: z.string(),
      namespace: optionalText,
      labels: z.record(z.string(), z.string()).nullish(),
    }),
    roleRef: z.object({ kind: z.string(), name: z.string() }),
    subjects: z
      .array(z.object({ kind: z.string(), name: z.string(), namespace: optionalText }))
      .nullish(),
  })
  .transform(({ metadata, roleRef, subjects }) => ({
    name: metadata.name,
    namespace: metadata.namespace,
    labels: new Map(Object.entries(metadata.labels ?? {})),
    role: roleRef,
    subjects: subjects ?? [],
  }));

/** An item of the API server's ClusterRoleList. */
export const clusterRoleSchema: z.ZodType<RbacClusterRole> = z
  .object({
    metadata: z.object({ name: z.string() }),
    rules: z.array(z.object({ resources: texts, verbs: texts, resourceNames: texts })).nullish(),
  })
  .transform(({ metadata, rules }) => ({ name: metadata.name, rules: rules ?? [] }));

/** Bindings, ready to be asked what they give to whom. */
export interface BindingIndex {
  /** The bindings that name this subject. */
  of(subject: RbacSubject): readonly RbacBinding[];
  /** Names of all groups that are bound. */
  readonly groups: readonly string[];
  /** The namespaces of the bindings, and of the service accounts that are bound. */
  readonly namespaces: ReadonlySet<string>;
}

/**
 * Compiles bindings: one look-up for each subject that is asked for, however many bindings there
 * are.
 */
export function compileBindings(bindings: readonly RbacBinding[]): BindingIndex {
  const bySubject = new Map<string, RbacBinding[]>();
  const groups = new Set<string>();
  const namespaces = new Set<string>();
  for (const binding of bindings) {
    if (binding.namespace !== undefined) namespaces.add(binding.namespace);
    for (const subject of binding.subjects) {
      const key = subjectKey(subject);
      const found = bySubject.get(key);
      if (found === undefined) bySubject.set(key, [binding]);
      else found.push(binding);
      if (subject.kind === 'Group') groups.add(subject.name);
      if (subject.namespace !== undefined) namespaces.add(subject.namespace);
    }
  }
  const of = (subject: RbacSubject): readonly RbacBinding[] =>
    bySubject.get(subjectKey(subject)) ?? [];
  return { of, groups: [...groups], namespaces };
}

// Only a service account lives in a namespace; the API server leaves the field of the others empty.
function subjectKey({ kind, name, namespace }: RbacSubject): string {
  return JSON.stringify(kind === 'ServiceAccount' ? [kind, name, namespace] : [kind, name]);
}

/** The groups that may look into namespaces, by a cluster-wide binding. */
export interface NamespaceGroups {
  /** Into every namespace. */
  readonly everywhere: readonly string[];
  /** Into the namespaces that their role names. */
  readonly named: ReadonlyMap<string, readonly string[]>;
}

const LOOKS: ReadonlySet<string> = new Set(['get', 'list', '*']);

/**
 * Finds the groups that ClusterRoleBindings let into namespaces.
 *
 * @source Feast 0.66.0: a rule on `namespaces` or `*` with `get`, `list` or `*` opens all of them;
 *   a rule with resource names opens the namespaces of these names, whatever its resources are.
 */
export function findNamespaceGroups(
  bindings: readonly RbacBinding[],
  roles: readonly RbacClusterRole[],
): NamespaceGroups {
  const rolesByName = new Map(roles.map((role) => [role.name, role]));
  const everywhere = new Set<string>();
  const named = new Map<string, string[]>();
  for (const binding of bindings) {
    const groups = binding.subjects.filter(({ kind }) => kind === 'Group').map(({ name }) => name);
    for (const rule of rolesByName.get(binding.role.name)?.rules ?? []) {
      const all = rule.resources.includes('namespaces') || rule.resources.includes('*');
      if (all && rule.verbs.some((verb) => LOOKS.has(verb))) {
        for (const group of groups) everywhere.add(group);
      }
      for (const namespace of rule.resourceNames) {
        named.set(namespace, [...(named.get(namespace) ?? []), ...groups]);
      }
    }
  }
  return { everywhere: [...everywhere], named };
}
