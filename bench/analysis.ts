/**
 * What questions about all resources of a registry cost, beside the way to the same answers without
 * them. Processor time, since the machines that run this are shared.
 */
import type { Build, BuildModules } from './builds.js';
import type { Cost } from './engine-costs.js';
import { type GeneratedPermission, generateStore } from './generate-store.js';

/** Permissions that differ between the two versions that are compared. */
const CHANGED = 10;
const TEST_CASES = 1000;

export async function ANALYSIS_JOB(
  permissions: number,
  resources: number,
  build: Build,
): Promise<Cost[]> {
  const { createAuthorizer } = await build.load('.');
  const { diffAccess, reviewAccess, whoCan } = await build.load('./analysis');
  const { runPolicyTests } = await build.load('./testing');
  const store = generateStore({ permissions, resources });
  const plain = store.permissions.map(withoutGlobs);
  const authorizer = createAuthorizer({ permissions: plain, resources: store.resources });
  const changed = createAuthorizer({
    permissions: plain.map((one, index) => (index < CHANGED ? widened(one) : one)),
    resources: store.resources,
  });
  const snapshot = authorizer.snapshot as never;
  const review = (of: never): number => {
    let combinations = 0;
    for (const one of reviewAccess(of)) combinations += one.combinations.length;
    return combinations;
  };
  const [whoCanMs, combinations] = processorMs(() => review(snapshot));
  if (combinations === 0) throw new Error('nobody can do anything');
  const everyCanMs = oneCanEach(authorizer as never, store);
  const [diffMs, diff] = processorMs(() => diffAccess(snapshot, changed.snapshot as never));
  if (diff.gained.length === 0) throw new Error('the difference is empty');
  const [registeredMs] = processorMs(() =>
    diffAccess(snapshot, changed.snapshot as never, { names: false }),
  );
  const comparisonMs = compareWhoCan(whoCan, snapshot, changed.snapshot as never, store);
  const cases = store.requests.slice(0, TEST_CASES).map(({ user, action, resource }, index) => ({
    title: String(index),
    name: null,
    number: index + 1,
    subject: user,
    actions: [action],
    resource,
    expected: authorizer.can(user, action, resource) ? ('allowed' as const) : ('refused' as const),
  }));
  const [testsMs, report] = processorMs(() => runPolicyTests(authorizer, { cases }));
  if (report.failed > 0) throw new Error('a case failed');
  return [
    { name: 'who-can of all actions of all resources', value: whoCanMs, unit: 'ms' },
    {
      name: 'one `can` for each role, resource and action (measured on a part)',
      value: everyCanMs / whoCanMs,
      unit: 'x',
    },
    {
      name: `diff of two registries with ${CHANGED} permissions changed`,
      value: diffMs,
      unit: 'ms',
    },
    { name: 'the same without unregistered names', value: registeredMs, unit: 'ms' },
    {
      name: 'who-can of each resource and action of both, compared (measured on a part)',
      value: comparisonMs / diffMs,
      unit: 'x',
    },
    { name: `${cases.length} policy tests with their coverage`, value: testsMs, unit: 'ms' },
  ];
}

/**
 * Milliseconds that `can` takes for every role, resource and action, from a part of the resources.
 */
function oneCanEach(
  authorizer: ReturnType<BuildModules['.']['createAuthorizer']>,
  { permissions, resources }: ReturnType<typeof generateStore>,
): number {
  const roles = [...new Set(permissions.flatMap(({ policy }) => policy.roles))];
  const { actions } = authorizer.snapshot.vocabulary;
  const part = resources.slice(0, Math.min(resources.length, 1000));
  const [ms, allowed] = processorMs(() => {
    let count = 0;
    for (const role of roles) {
      const user = { username: 'user', roles: [role] };
      for (const resource of part) {
        for (const action of actions) {
          if (authorizer.can(user, action, resource)) count += 1;
        }
      }
    }
    return count;
  });
  if (allowed === 0) throw new Error('nobody can do anything');
  return (ms * resources.length) / part.length;
}

/**
 * Milliseconds of asking who can in both versions and comparing the answers, from a part of the
 * resources.
 */
function compareWhoCan(
  whoCan: BuildModules['./analysis']['whoCan'],
  old: Parameters<typeof whoCan>[0],
  next: Parameters<typeof whoCan>[0],
  { resources }: ReturnType<typeof generateStore>,
): number {
  const part = resources.slice(0, Math.min(resources.length, 3000));
  const [ms] = processorMs(() => {
    let changes = 0;
    for (const resource of part) {
      for (const action of old.vocabulary.actions) {
        const before = principalsOf(whoCan(old, action, resource));
        const after = principalsOf(whoCan(next, action, resource));
        for (const one of after) if (!before.has(one)) changes += 1;
        for (const one of before) if (!after.has(one)) changes += 1;
      }
    }
    return changes;
  });
  return (ms * resources.length) / part.length;
}

function widened(permission: Omit<GeneratedPermission, 'globs'>): typeof permission {
  return { ...permission, policy: { ...permission.policy, roles: ['role-of-the-change'] } };
}

function withoutGlobs({
  globs: _,
  ...rest
}: GeneratedPermission): Omit<GeneratedPermission, 'globs'> {
  return rest;
}

/** Processor time of this process, garbage collection included. */
function processorMs<T>(work: () => T): readonly [ms: number, result: T] {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / 1000, result];
}

function principalsOf({
  combinations,
}: ReturnType<BuildModules['./analysis']['whoCan']>): ReadonlySet<string> {
  return new Set(combinations.map(({ principals }) => JSON.stringify(principals)));
}
