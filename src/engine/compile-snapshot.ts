import { checkOptions } from '../foundation/options.js';
import { loadCharacterNames } from '../matchers/index.js';
import {
  type FeastVocabulary,
  feastVocabulary,
  isExcludedPermission,
  type PolicyKinds,
  quote,
  type Resource,
  type Vocabulary,
} from '../model/index.js';
import { permissionContext } from '../policy/index.js';
import { changeSnapshot } from './change-snapshot.js';
import { compilePermissions } from './compile-permissions.js';
import { compileProjects, type Projects, register } from './compile-projects.js';
import { type CompiledOptions, CompiledSnapshot } from './compiled-snapshot.js';
import { Lineage } from './lineage.js';
import {
  AUTHORIZER_OPTIONS,
  assertOptions,
  SNAPSHOT_OPTIONS,
  type SnapshotOptions,
} from './options.js';
import type { PermissionList } from './permission-list.js';
import { rulesOf } from './rules.js';
import { compiledOf, createSnapshot, type Snapshot } from './snapshot.js';

/** How far a compilation is. */
export interface CompileProgress {
  readonly step: 'permissions' | 'resources';
  readonly done: number;
  readonly total: number;
}

let snapshotCount = 0;

/** What a snapshot may be made from instead of compiling everything. */
export interface Predecessor {
  readonly snapshot: CompiledSnapshot;
  /** Whether its resources are kept, whatever the options say. */
  readonly keepsResources: boolean;
}

type CompileStep = CompileProgress | 'character-names';

/**
 * Compiles a snapshot in small steps, between which a server answers requests and a command line
 * shows progress.
 *
 * @throws {@link PermissionInvalidError} or {@link PatternUnsupportedError}, with all problems in
 *   its `errors`
 * @throws TypeError on resources or options that contradict each other
 */
function* compileSnapshotInSteps<V extends Vocabulary>(
  given: SnapshotOptions<V>,
  predecessor: Predecessor | undefined,
): Generator<CompileStep, Snapshot<V>> {
  assertOptions(given);
  const { resources = [], ...options } = copyOptions(given as SnapshotOptions<Vocabulary>);
  const change =
    predecessor === undefined ? undefined : yield* changeInSteps(predecessor, options, resources);
  if (change !== undefined) return createSnapshot<V>(change);
  const all =
    predecessor?.keepsResources === true ? [...predecessor.snapshot.resourcesAsGiven()] : resources;
  return createSnapshot<V>(yield* compileInSteps(options, all));
}

function* changeInSteps(
  { snapshot: before, keepsResources }: Predecessor,
  options: CompiledOptions,
  resources: readonly Resource[],
): Generator<CompileProgress, CompiledSnapshot | undefined> {
  const steps = changeSnapshot(before, options, keepsResources ? undefined : resources);
  let step = steps.next();
  for (; !step.done; step = steps.next()) {
    yield { step: 'resources', done: step.value, total: resources.length };
  }
  if (step.value === undefined) return undefined;
  return finish(options, before.lineage, before.policyKinds, step.value);
}

function* compileInSteps(
  options: CompiledOptions,
  resources: readonly Resource[],
): Generator<CompileStep, CompiledSnapshot> {
  const { vocabulary = feastVocabulary, policyKinds = [] } = options;
  const context = permissionContext({ vocabulary, policyKinds });
  const lineage = new Lineage(context, rulesOf(options), options);
  const steps = compilePermissions(options, lineage);
  let step = steps.next();
  for (; !step.done; step = steps.next()) {
    const { value } = step;
    if (value === 'character-names') yield value;
    else yield { step: 'permissions', done: value, total: options.permissions.length };
  }
  const list = step.value;
  const projects = compileProjects(options, lineage, list, resources);
  for (const [index, resource] of resources.entries()) {
    register(resource, vocabulary, projects);
    yield { step: 'resources', done: index + 1, total: resources.length };
  }
  lineage.permissionSets.trim();
  lineage.firstSetCount = lineage.permissionSets.count;
  for (const project of new Set(projects.values())) project.resources.trim();
  return finish(options, lineage, context.policyKinds, { list, projects });
}

function finish(
  options: CompiledOptions,
  lineage: Lineage,
  policyKinds: PolicyKinds,
  { list, projects }: { readonly list: PermissionList; readonly projects: Projects },
): CompiledSnapshot {
  const version = options.version ?? String(++snapshotCount);
  const warnings = warningsOf(lineage, projects, list);
  return new CompiledSnapshot({ options, version, policyKinds, lineage, list, projects, warnings });
}

/** SECURITY: own arrays, since the caller may change theirs during or after the compilation. */
function copyOptions(given: SnapshotOptions<Vocabulary>): SnapshotOptions<Vocabulary> {
  return {
    ...given,
    permissions: [...given.permissions],
    formerPermissions: [...(given.formerPermissions ?? [])],
    resources: [...(given.resources ?? [])],
    projects: [...(given.projects ?? [])],
    policyKinds: [...(given.policyKinds ?? [])],
  };
}

/**
 * Compiles a snapshot in one go.
 *
 * @param predecessor a snapshot that it may be made from
 */
export function compileSnapshot<V extends Vocabulary>(
  options: SnapshotOptions<V>,
  predecessor?: Predecessor,
): Snapshot<V> {
  const steps = compileSnapshotInSteps(options, predecessor);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** How a snapshot is compiled in slices of time. */
export interface PrepareOptions {
  /** Called between slices of work. */
  readonly onProgress?: ((progress: CompileProgress) => void) | undefined;
  /** Aborts the compilation; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** How long the process may be held up at a time. Default: 10. */
  readonly sliceMs?: number | undefined;
  /**
   * A snapshot to start from, as the one in force. Permissions and resources that both have are not
   * compiled again, and the change of one permission takes a few milliseconds. Permissions are
   * compared fastest if they come from `definePermission` or a registry. Default: everything is
   * compiled.
   */
  readonly previous?: Snapshot | undefined;
}

/**
 * Compiles a snapshot in slices, between which the process does its other work. For registries of
 * many thousand permissions or resources. Give the result to `createAuthorizer`, or to `replace` of
 * an authorizer. It also loads the table of character names if a pattern has a `\N{…}`, which
 * `createAuthorizer` refuses until then.
 *
 * @throws what {@link createAuthorizer} throws, as a rejection
 */
export async function prepareSnapshot<V extends Vocabulary = FeastVocabulary>(
  options: SnapshotOptions<V>,
  prepare: PrepareOptions = {},
): Promise<Snapshot<V>> {
  const { onProgress, signal, sliceMs = 10, previous } = prepare;
  checkOptions<PrepareOptions>(
    prepare,
    { onProgress: true, signal: true, sliceMs: true, previous: true },
    {
      'the first argument': SNAPSHOT_OPTIONS,
      '`createAuthorizer`': AUTHORIZER_OPTIONS,
    },
  );
  signal?.throwIfAborted();
  const predecessor = previous && { snapshot: compiledOf(previous), keepsResources: false };
  const steps = compileSnapshotInSteps(options, predecessor);
  let sliceEnd = performance.now() + sliceMs;
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (step.value === 'character-names') {
      await loadCharacterNames();
      continue;
    }
    if (performance.now() < sliceEnd) continue;
    onProgress?.(step.value);
    await new Promise((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
    sliceEnd = performance.now() + sliceMs;
  }
}

function warningsOf(
  { rules }: Lineage,
  projects: Projects,
  { permissions }: PermissionList,
): readonly string[] {
  if (!rules.enforced) return Object.freeze(['auth is no_auth: nothing is enforced']);
  const warnings: string[] = [];
  for (const project of new Set(projects.values())) {
    if (project.hasPermissions || rules.whenNoPermissions === 'deny') continue;
    const which =
      project.name === undefined
        ? 'the registry has no permissions'
        : `project ${quote(project.name)} has no permissions`;
    warnings.push(`${which}: every named user may do everything`);
  }
  for (const { source } of permissions) {
    if (!isExcludedPermission(source)) continue;
    for (const error of source.excluded)
      warnings.push(`permission ${quote(source.name)} is excluded: ${error.message}`);
  }
  return Object.freeze(warnings);
}
