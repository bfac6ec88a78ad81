import { didYouMean, findNearest } from '../foundation/did-you-mean.js';
import { compileNamePattern, rewriteGlobLookalike } from '../matchers/index.js';
import {
  type AuthzError,
  ConfigInvalidError,
  checkPermission,
  type NamePatternSource,
  PatternUnsupportedError,
  type Permission,
  type PermissionContext,
  type PermissionInvalidError,
  type PythonVersion,
  parsePermission,
  quote,
  throwCollected,
} from '../model/index.js';
import { isMapping } from './is-mapping.js';
import type { YamlDocument } from './parse-yaml.js';
import {
  checkList,
  checkTags,
  checkText,
  type KnownFields,
  knowPermissionFields,
  knowPolicyFields,
  OUR_NAMES,
  type Path,
  POLICY_LISTS,
} from './permission-item.js';

/** Most problems that one message spells out. */
const MAX_SPELT_OUT = 20;

// SECURITY: stands for a policy that was reported. A policy without roles matches no user, and the
// file is refused anyway.
const NO_POLICY = Object.freeze({ type: 'RoleBasedPolicy', roles: Object.freeze([]) });

/** Reads the items of a permission file, one after the other, and keeps what is wrong with them. */
export class PermissionFileReader {
  readonly #document: YamlDocument;
  readonly #context: PermissionContext;
  readonly #python: PythonVersion | undefined;
  readonly #permissions: Permission[] = [];
  readonly #names = new Set<string>();
  readonly #errors: AuthzError[];
  /** Positions and messages: an item that is merged into others is wrong once. */
  readonly #reported = new Set<string>();

  /** @param errors what is wrong with the file so far */
  constructor(
    document: YamlDocument,
    context: PermissionContext,
    python: PythonVersion | undefined,
    errors: readonly ConfigInvalidError[],
  ) {
    this.#document = document;
    this.#context = context;
    this.#python = python;
    this.#errors = [...errors];
  }

  /** @param path where the item stands in the file */
  read(item: unknown, path: Path): void {
    if (!isMapping(item)) {
      this.#report(path, 'must be a mapping with a `name`');
      return;
    }
    const known = knowPermissionFields(item, path, this.#report);
    const at = (field: string): Path => [...path, known.written.get(field) ?? field];
    const { fields } = known;
    const name = checkText(fields['name'], at('name'), this.#report);
    const project = optional(fields['project'], (value) =>
      checkText(value, at('project'), this.#report),
    );
    const patterns = optional(fields['name_patterns'], (value) =>
      checkList(value, at('name_patterns'), this.#report, '', isGlob),
    );
    const policy = this.#readPolicy(known, at('policy'));
    const checked = {
      name: name ?? 'permission',
      project,
      types: optional(fields['types'], (value) =>
        checkList(value, at('types'), this.#report, this.#context.vocabulary.types[0] ?? ''),
      ),
      name_patterns: patterns,
      required_tags: checkTags(fields['required_tags'], at('required_tags'), this.#report),
      actions: this.#readActions(fields, at('actions')),
      policy: policy.value,
      tags: checkTags(fields['tags'], at('tags'), this.#report),
    };
    if (name !== undefined) this.#checkName(name, project, at('name'));
    if (patterns !== undefined) this.#checkPatterns(patterns, at('name_patterns'));
    this.#parse(checked, (field) => placeOf(field, known, policy.known, path));
  }

  /** @throws ConfigInvalidError when anything was wrong, with all of it in its `errors` */
  finish(): readonly Permission[] {
    throwCollected([...this.#errors].sort(byPlace), MAX_SPELT_OUT);
    return Object.freeze(this.#permissions);
  }

  readonly #report = (path: Path, message: string, cause?: Error): void => {
    const error = this.#document.errorAt(path, message);
    const key = `${error.line}:${error.column}:${message}`;
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    if (cause !== undefined) error.cause = cause;
    this.#errors.push(error);
  };

  #readActions(fields: KnownFields['fields'], path: Path): readonly unknown[] | undefined {
    const { actions } = this.#context.vocabulary;
    const value = fields['actions'];
    if (value === undefined) return undefined;
    if (value !== null) return checkList(value, path, this.#report, actions[0] ?? '');
    this.#report(path, 'must not be empty: leave it out for all actions');
    return undefined;
  }

  #readPolicy(
    { fields, policyLists }: KnownFields,
    path: Path,
  ): { readonly value: unknown; readonly known?: KnownFields } {
    const written = fields['policy'];
    if (isMapping(written)) return this.#readPolicyMapping(written, path);
    const isMissing = written === undefined || written === null;
    if (isMissing && policyLists.length === 0)
      this.#report(path, 'is missing; write `{ type: AllowAll }` to let everyone in');
    if (!isMissing)
      this.#report(
        path,
        'must be a mapping, for example `{ roles: [...] }`; `{ type: AllowAll }` lets everyone in',
      );
    return { value: NO_POLICY };
  }

  #readPolicyMapping(
    written: Readonly<Record<string, unknown>>,
    path: Path,
  ): { readonly value: unknown; readonly known: KnownFields } {
    let hasUnknown = false;
    const known = knowPolicyFields(written, path, (place, message) => {
      hasUnknown = true;
      this.#report(place, message);
    });
    const at = (field: string): Path => [...path, known.written.get(field) ?? field];
    const lists: Record<string, unknown> = {};
    for (const list of POLICY_LISTS) {
      if (!(list in known.fields)) continue;
      const value = known.fields[list];
      if (!Array.isArray(value)) this.#report(at(list), 'must be a list: write it in `[...]`');
      lists[list] = checkList(Array.isArray(value) ? value : [], at(list), this.#report, '');
    }
    const byLists = typeByLists(lists);
    if ('type' in known.fields) {
      const type = this.#readPolicyType(known.fields['type'], at('type'));
      return { value: type === undefined ? NO_POLICY : { ...lists, type }, known };
    }
    if (byLists === undefined && !hasUnknown)
      this.#report(path, 'needs a `type`: its lists are not those of one kind of policy');
    return { value: byLists === undefined ? NO_POLICY : { ...lists, type: byLists }, known };
  }

  /** The type that is written, or meant; undefined, after a report, if it is not known. */
  #readPolicyType(written: unknown, path: Path): string | undefined {
    const type = checkText(written, path, this.#report);
    const kinds = [...this.#context.policyKinds.keys()];
    if (type === undefined || kinds.includes(type)) return type;
    const hint = didYouMean(type, kinds) || `; known are ${kinds.join(', ')}`;
    this.#report(path, `is refused: ${quote(type)} is unknown${hint}`);
    return findNearest(type, kinds);
  }

  #checkName(name: string, project: string | undefined, path: Path): void {
    const key = JSON.stringify([project ?? null, name]);
    if (this.#names.has(key)) this.#report(path, `repeats the name ${quote(name)}`);
    this.#names.add(key);
  }

  #checkPatterns(written: readonly unknown[], path: Path): void {
    const { namePatterns } = parsePermission(
      { name: 'patterns', namePatterns: written, policy: NO_POLICY },
      this.#context,
    );
    for (const [index, pattern] of namePatterns.entries()) {
      const place = [...path, index];
      const glob = lookalike(pattern);
      try {
        compileNamePattern(pattern, this.#python);
        if (glob === undefined) continue;
        const problem = `${quote(glob.written)} is a regular expression, in which \`*\` repeats the character before it`;
        this.#report(place, `is refused: ${problem}; write ${quote(glob.rewrite)} or ${glob.glob}`);
      } catch (error) {
        if (!(error instanceof PatternUnsupportedError)) throw error;
        const hint = glob === undefined ? '' : `, or ${glob.glob}`;
        this.#report(place, `is refused: ${error.message}${hint}`, error);
      }
    }
  }

  /** Takes a permission whose fields have their right types. */
  #parse(checked: object, place: (field: string) => Path): void {
    const { value, problems = [] } = checkPermission(checked, this.#context);
    if (value !== undefined) this.#permissions.push(value as Permission);
    for (const problem of problems) this.#reportInvalid(problem, place);
  }

  #reportInvalid(problem: PermissionInvalidError, placeFor: (field: string) => Path): void {
    const { field, permission, message } = problem;
    const owner = permission === undefined ? 'permission' : `permission ${quote(permission)}`;
    const prefix = field === '' ? `${owner}: ` : `${owner}: ${field}: `;
    const reason = message.startsWith(prefix) ? message.slice(prefix.length) : message;
    const place = placeFor(field);
    if (reason.endsWith('received undefined')) this.#report(place, 'is missing', problem);
    else this.#report(place, `is refused: ${this.#suggest(field, reason)}`, problem);
  }

  /** Puts the word that was meant in place of all known ones. */
  #suggest(field: string, reason: string): string {
    const { types, typeAliases, actions, actionAliases } = this.#context.vocabulary;
    const known = field.startsWith('types')
      ? [...types, ...typeAliases.keys()]
      : [...actions, ...actionAliases.keys()];
    const word = /^`(.*)` is unknown;/s.exec(reason)?.[1];
    const hint = word === undefined ? '' : didYouMean(word, known);
    return hint === '' ? reason : `${quote(word ?? '')} is unknown${hint}`;
  }
}

function optional<T>(value: unknown, check: (value: unknown) => T): T | undefined {
  return value === undefined || value === null ? undefined : check(value);
}

function isGlob(item: unknown): boolean {
  return isMapping(item) && typeof item['glob'] === 'string' && Object.keys(item).join() === 'glob';
}

function lookalike(
  pattern: NamePatternSource,
): { readonly written: string; readonly rewrite: string; readonly glob: string } | undefined {
  if (typeof pattern !== 'string') return undefined;
  const rewrite = rewriteGlobLookalike(pattern);
  const written = pattern.trim();
  if (rewrite === undefined) return undefined;
  return { written, rewrite, glob: quote(`glob:${written}`) };
}

/** Where a field of the model stands in the file: `policy.roles[1]` as a path. */
function placeOf(
  field: string,
  known: KnownFields,
  policy: KnownFields | undefined,
  path: Path,
): Path {
  const parts = field.split(/[.[\]]+/).filter((part) => part !== '');
  const written = parts.map((part, index) => {
    if (/^\d+$/.test(part)) return Number(part);
    const name = OUR_NAMES.get(part) ?? part;
    if (index === 0) return known.written.get(name) ?? name;
    return parts[0] === 'policy' ? (policy?.written.get(name) ?? name) : name;
  });
  return [...path, ...written];
}

function byPlace(a: AuthzError, b: AuthzError): number {
  const line = (error: AuthzError): number =>
    (error instanceof ConfigInvalidError && error.line) || 0;
  const column = (error: AuthzError): number =>
    (error instanceof ConfigInvalidError && error.column) || 0;
  return line(a) - line(b) || column(a) - column(b);
}

function typeByLists(policy: Readonly<Record<string, unknown>>): string | undefined {
  switch (POLICY_LISTS.filter((list) => list in policy).join()) {
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
