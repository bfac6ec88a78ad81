import { compileNamePattern } from '../matchers/index.js';
import {
  type AuthzError,
  PatternUnsupportedError,
  type Permission,
  type PermissionContext,
  PermissionInvalidError,
  parsePermission,
  quote,
  throwCollected,
} from '../model/index.js';
import { isMapping } from './is-mapping.js';
import type { YamlDocument } from './parse-yaml.js';

/** Our names of the fields that a file spells in Feast's way. */
const FILE_FIELDS: ReadonlyMap<string, string> = new Map([
  ['namePatterns', 'name_patterns'],
  ['requiredTags', 'required_tags'],
]);
const TAG_FIELDS = ['required_tags', 'tags'] as const;

type Path = readonly PropertyKey[];

/** Reads the items of a permission file, one after the other, and keeps what is wrong with them. */
export class PermissionFileReader {
  readonly #document: YamlDocument;
  readonly #context: PermissionContext;
  readonly #permissions: Permission[] = [];
  readonly #names = new Set<string>();
  readonly #errors: AuthzError[] = [];

  constructor(document: YamlDocument, context: PermissionContext) {
    this.#document = document;
    this.#context = context;
  }

  /** @param path where the item stands in the file */
  read(item: unknown, path: Path): void {
    if (!isMapping(item)) {
      this.#report(path, 'must be a mapping with a `name`');
      return;
    }
    if (!this.#checkFields(item, path)) return;
    try {
      const policy = withPolicyType(item['policy']);
      const permission = parsePermission({ ...item, policy }, this.#context) as Permission;
      this.#checkName(permission, path);
      this.#checkPatterns(permission, path);
      this.#permissions.push(permission);
    } catch (error) {
      if (!(error instanceof PermissionInvalidError)) throw error;
      for (const problem of error.errors) this.#reportInvalid(problem, path);
    }
  }

  /** @throws ConfigInvalidError when anything was wrong, with all of it in its `errors` */
  finish(): readonly Permission[] {
    throwCollected(this.#errors);
    return Object.freeze(this.#permissions);
  }

  #report(path: Path, message: string, cause?: Error): void {
    const error = this.#document.errorAt(path, message);
    if (cause !== undefined) error.cause = cause;
    this.#errors.push(error);
  }

  /** What would be refused further on too, with less to say about where and why. */
  #checkFields(item: Readonly<Record<string, unknown>>, path: Path): boolean {
    const before = this.#errors.length;
    for (const [ours, theirs] of FILE_FIELDS) {
      if (ours in item) this.#report([...path, ours], `is written ${quote(theirs)} in a file`);
    }
    const policy = item['policy'];
    if (policy === undefined || policy === null) {
      this.#report(
        [...path, 'policy'],
        'is missing; write `{ type: AllowAll }` to let everyone in',
      );
    } else if (isMapping(policy) && !('type' in policy) && typeByLists(policy) === undefined) {
      const message = 'needs a `type`: its lists are not those of one kind of policy';
      this.#report([...path, 'policy'], message);
    }
    for (const field of TAG_FIELDS) {
      const tags = item[field];
      if (!isMapping(tags)) continue;
      for (const [key, value] of Object.entries(tags)) {
        if (typeof value === 'string') continue;
        this.#report([...path, field, key], 'must be a string: write it in quotes');
      }
    }
    return this.#errors.length === before;
  }

  #checkName({ name, project }: Permission, path: Path): void {
    const key = JSON.stringify([project ?? null, name]);
    if (this.#names.has(key)) this.#report([...path, 'name'], `${quote(name)} is there twice`);
    this.#names.add(key);
  }

  #checkPatterns({ namePatterns }: Permission, path: Path): void {
    for (const [index, pattern] of namePatterns.entries()) {
      try {
        compileNamePattern(pattern);
      } catch (error) {
        if (!(error instanceof PatternUnsupportedError)) throw error;
        this.#report([...path, 'name_patterns', index], `is refused: ${error.message}`, error);
      }
    }
  }

  #reportInvalid(problem: AuthzError, path: Path): void {
    if (!(problem instanceof PermissionInvalidError)) {
      this.#errors.push(problem);
      return;
    }
    const { field, permission, message } = problem;
    const owner = permission === undefined ? 'permission' : `permission ${quote(permission)}`;
    const prefix = field === '' ? `${owner}: ` : `${owner}: ${field}: `;
    const reason = message.startsWith(prefix) ? message.slice(prefix.length) : message;
    this.#report([...path, ...pathOf(field)], `is refused: ${reason}`, problem);
  }
}

/** `policy.roles[1]` as a path in the file. */
function pathOf(field: string): Path {
  const parts = field.split(/[.[\]]+/).filter((part) => part !== '');
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : (FILE_FIELDS.get(part) ?? part)));
}

/** A policy with the type that its lists tell, where it has none. */
function withPolicyType(policy: unknown): unknown {
  return isMapping(policy) && !('type' in policy)
    ? { type: typeByLists(policy), ...policy }
    : policy;
}

function typeByLists(policy: Readonly<Record<string, unknown>>): string | undefined {
  const lists = ['roles', 'groups', 'namespaces'].filter((list) => list in policy).join();
  switch (lists) {
    case 'roles':
      return 'RoleBasedPolicy';
    case 'groups':
      return 'GroupBasedPolicy';
    case 'namespaces':
      return 'NamespaceBasedPolicy';
    case 'groups,namespaces':
      return 'CombinedGroupNamespacePolicy';
    default:
      return undefined;
  }
}
