import { needsCharacterNames } from '../matchers/index.js';
import { type AuthzError, isPlainObject, throwCollected, type Vocabulary } from '../model/index.js';
import type { CompiledTarget, Filters } from './compiled-permission.js';
import type { Lineage } from './lineage.js';
import type { SnapshotOptions } from './options.js';
import { filtersKey } from './permission-compiler.js';
import { PermissionList } from './permission-list.js';

/**
 * Parses and compiles permissions into a lineage, each distinct pattern, policy and set of filters
 * once. Yields now and then, so that a caller with other things to do can do them, and
 * `character-names` before a permission that is refused unless the table of names is loaded.
 *
 * @throws {@link PermissionInvalidError} or {@link PatternUnsupportedError}, with all problems in
 *   its `errors`
 */
export function* compilePermissions(
  { permissions, formerPermissions = [] }: SnapshotOptions<Vocabulary>,
  lineage: Lineage,
): Generator<number | 'character-names', PermissionList> {
  const list = new PermissionList();
  const targets = new TargetsByFilters(lineage);
  const errors: AuthzError[] = [];
  for (const [index, input] of permissions.entries()) {
    if (namesCharacters(input)) yield 'character-names';
    const compiled = lineage.compiler.compile(input, errors);
    if (compiled !== undefined) {
      const id = lineage.addPermission(compiled.permission);
      list.add(compiled.permission, id, targets.share(compiled.filters, id));
    }
    yield index + 1;
  }
  for (const former of formerPermissions) {
    if (namesCharacters(former)) yield 'character-names';
    list.formerTargets.push(targets.shareWithFormer(lineage.compiler.widestFilters(former)));
    yield permissions.length;
  }
  throwCollected(errors);
  return list;
}

/**
 * True if `input` has a pattern, in either spelling of the field, that needs the table of names.
 */
function namesCharacters(input: unknown): boolean {
  return (
    isPlainObject(input) &&
    (needsCharacterNames(input['namePatterns']) || needsCharacterNames(input['name_patterns']))
  );
}

interface GrowingTarget extends CompiledTarget {
  readonly permissions: number[];
  formers: number;
}

/** Finds the target of some filters, or makes it. */
class TargetsByFilters {
  readonly #lineage: Lineage;
  readonly #targets: GrowingTarget[] = [];
  readonly #ids = new Map<string, number>();

  constructor(lineage: Lineage) {
    this.#lineage = lineage;
  }

  /** @returns the ID of the target */
  share(filters: Filters, permission: number): number {
    const id = this.#idOf(filters);
    (this.#targets[id] as GrowingTarget).permissions.push(permission);
    return id;
  }

  /** @returns the ID of the target */
  shareWithFormer(filters: Filters): number {
    const id = this.#idOf(filters);
    (this.#targets[id] as GrowingTarget).formers += 1;
    return id;
  }

  #idOf(filters: Filters): number {
    const key = filtersKey(filters);
    let id = this.#ids.get(key);
    if (id === undefined) {
      const target = { ...filters, permissions: [], formers: 0 };
      id = this.#lineage.addTarget(target);
      this.#targets[id] = target;
      this.#ids.set(key, id);
    }
    return id;
  }
}
