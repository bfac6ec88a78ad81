import { checkOptions } from '../foundation/options.js';
import { loadCharacterNames } from '../matchers/index.js';
import {
  type FeastVocabulary,
  feastVocabulary,
  isExcludedPermission,
  quote,
  type Vocabulary,
} from '../model/index.js';
import { AttributeTable, permissionContext } from '../policy/index.js';
import {
  type CompiledPermission,
  type CompiledPermissions,
  compilePermissions,
} from './compile-permissions.js';
import { compileProjects, register } from './compile-projects.js';
import { CompiledSnapshot } from './compiled-snapshot.js';
import { DecisionTable } from './decision-table.js';
import { Evaluator } from './evaluator.js';
import {
  AUTHORIZER_OPTIONS,
  assertOptions,
  SNAPSHOT_OPTIONS,
  type SnapshotOptions,
} from './options.js';
import { PermissionSetTable } from './permission-set-table.js';
import type { CompiledProject } from './project.js';
import { createSnapshot, type Snapshot } from './snapshot.js';

/** How far a compilation is. */
export interface CompileProgress {
  readonly step: 'permissions' | 'resources';
  readonly done: number;
  readonly total: number;
}

let snapshotCount = 0;

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
): Generator<CompileProgress | 'character-names', Snapshot<V>> {
  assertOptions(given);
  const options = copyOptions(given);
  const {
    vocabulary = feastVocabulary,
    policyKinds = [],
    resources = [],
  } = options as SnapshotOptions<Vocabulary>;
  const attributes = new AttributeTable();
  const context = permissionContext({ vocabulary, policyKinds });
  const steps = compilePermissions(options, context, attributes);
  let step = steps.next();
  for (; !step.done; step = steps.next()) {
    const { value } = step;
    if (value === 'character-names') yield value;
    else yield { step: 'permissions', done: value, total: options.permissions.length };
  }
  const compiled = step.value;
  const evaluator = createEvaluator(options, attributes, compiled);
  const table = new PermissionSetTable(
    evaluator,
    new DecisionTable(vocabulary.actions.length, attributes),
  );
  const projects = compileProjects(
    options as SnapshotOptions<Vocabulary>,
    vocabulary,
    compiled,
    table,
  );
  for (const [index, resource] of resources.entries()) {
    register(resource, vocabulary, projects);
    yield { step: 'resources', done: index + 1, total: resources.length };
  }
  const snapshot = new CompiledSnapshot({
    options: options as SnapshotOptions<Vocabulary>,
    version: options.version ?? String(++snapshotCount),
    vocabulary,
    policyKinds: context.policyKinds,
    evaluator,
    decisions: table.decisions,
    attributes,
    permissions: compiled.permissions,
    patterns: compiled.patterns,
    projects,
    unknownProject: table.without('unknown-project'),
    warnings: warningsOf(evaluator, projects, compiled.permissions),
  });
  return createSnapshot<V>(snapshot);
}

/** SECURITY: own arrays, since the caller may change theirs during or after the compilation. */
function copyOptions<V extends Vocabulary>(given: SnapshotOptions<V>): SnapshotOptions<V> {
  return {
    ...given,
    permissions: [...given.permissions],
    formerPermissions: [...(given.formerPermissions ?? [])],
    resources: [...(given.resources ?? [])],
    projects: [...(given.projects ?? [])],
    policyKinds: [...(given.policyKinds ?? [])],
  };
}

function createEvaluator(
  options: Pick<SnapshotOptions, 'strategy' | 'unsecured' | 'whenNoPermissions' | 'auth'>,
  attributes: AttributeTable,
  { permissions, targets }: CompiledPermissions,
): Evaluator {
  const rules = {
    strategy: options.strategy ?? 'affirmative',
    unsecured: options.unsecured ?? 'deny',
    whenNoPermissions: options.whenNoPermissions ?? 'allow-named',
    enforced: options.auth?.type !== 'no_auth',
  } as const;
  return new Evaluator(rules, attributes, permissions, targets);
}

/** Compiles a snapshot in one go. */
export function compileSnapshot<V extends Vocabulary>(options: SnapshotOptions<V>): Snapshot<V> {
  const steps = compileSnapshotInSteps(options);
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
  const { onProgress, signal, sliceMs = 10 } = prepare;
  checkOptions<PrepareOptions>(
    prepare,
    { onProgress: true, signal: true, sliceMs: true },
    {
      'the first argument': SNAPSHOT_OPTIONS,
      '`createAuthorizer`': AUTHORIZER_OPTIONS,
    },
  );
  signal?.throwIfAborted();
  const steps = compileSnapshotInSteps(options);
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
  evaluator: Evaluator,
  projects: ReadonlyMap<string | undefined, CompiledProject>,
  permissions: readonly CompiledPermission[],
): readonly string[] {
  if (!evaluator.rules.enforced) return Object.freeze(['auth is no_auth: nothing is enforced']);
  const warnings: string[] = [];
  for (const project of new Set(projects.values())) {
    if (project.hasPermissions || evaluator.rules.whenNoPermissions === 'deny') continue;
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
