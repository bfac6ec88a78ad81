/**
 * What the worst registries and requests cost that are let in: counted repeats in patterns, names
 * that the registry does not know, and a log that hears of every decision.
 */
import type { Build, BuildModules } from './builds.js';
import type { Cost } from './engine-costs.js';
import { median } from './measure.js';

type Core = BuildModules['.'];

/** Every name is made of words of this pattern, so that each of them has to be read to its end. */
const COUNTED = '(?:[a-z]{1,30}_){1,40}[a-z0-9]*';
/** What a gate lets a request name that the registry does not know, in characters. */
const UNKNOWN_CHARACTERS = 65_536;
const UNKNOWN_NAMES = 900;
const COUNTED_PATTERNS = 700;
const USER = { username: 'user', roles: ['role-1'] };
const ROUNDS = 5;

/**
 * @param permissions that cover every name, where a log hears of decisions
 * @param names that are decided on then
 */
export async function BOUNDS_JOB(
  permissions: number,
  names: number,
  build: Build,
): Promise<Cost[]> {
  const core = await build.load('.');
  return [
    ...countedPatterns(core),
    ...countedRepeats(core),
    ...loggedNames(core, permissions, names),
  ];
}

/**
 * Time and memory of the first unknown name: what engines of patterns are made of is made then.
 * Once, since it is the first.
 */
function countedPatterns(core: Core): Cost[] {
  const patterns = Array.from(
    { length: COUNTED_PATTERNS },
    (_, index) => `(?:[a-z]{1,30}_){1,40}[a-z0-9]{1,${index + 1}}`,
  );
  const authorizer = core.createAuthorizer({ permissions: patterns.map(readableBy) });
  const before = process.memoryUsage().rss;
  const ms = time(() => ask(authorizer, `${'abc_'.repeat(16)}x`));
  const bytes = process.memoryUsage().rss - before;
  return [
    { name: `${COUNTED_PATTERNS} counted patterns: first unknown name`, value: ms, unit: 'ms' },
    {
      name: `${COUNTED_PATTERNS} counted patterns: memory of the first unknown name`,
      value: bytes / 1e6,
      unit: 'MB',
    },
  ];
}

function countedRepeats(core: Core): Cost[] {
  const authorizer = core.createAuthorizer({ permissions: [readableBy(COUNTED, 0)] });
  const length = Math.floor(UNKNOWN_CHARACTERS / UNKNOWN_NAMES);
  const rounds = Array.from({ length: ROUNDS }, (_, round) =>
    time(() => {
      for (let index = 0; index < UNKNOWN_NAMES; index++)
        ask(authorizer, nameOf(length, `${round}x${index}`));
    }),
  );
  const long = Array.from({ length: ROUNDS }, (_, round) =>
    time(() => ask(authorizer, nameOf(1000, `y${round}`))),
  );
  return [
    { name: 'a counted repeat: a name of 1,000 characters', value: median(long), unit: 'ms' },
    {
      name: `a counted repeat: ${UNKNOWN_NAMES} unknown names of 64 K characters`,
      value: median(rounds),
      unit: 'ms',
    },
  ];
}

function loggedNames(core: Core, permissions: number, names: number): Cost[] {
  const resources = Array.from({ length: names }, (_, index) => ({
    type: 'FeatureView' as const,
    name: `view_${index}`,
  }));
  const covering = Array.from({ length: permissions }, (_, index) => readableBy('view_.*', index));
  const of = (onDecision?: (decision: { readonly explanation: string }) => void): number => {
    const authorizer = core.createAuthorizer({ permissions: covering, resources, onDecision });
    return median(
      Array.from({ length: ROUNDS }, () =>
        time(() => {
          for (const resource of resources) authorizer.can(USER, 'READ_ONLINE', resource);
        }),
      ),
    );
  };
  let heard = 0;
  const what = `${names} names, each covered by ${permissions} permissions`;
  return [
    { name: `${what}: without a log`, value: of(), unit: 'ms' },
    { name: `${what}: with a log`, value: of(() => heard++), unit: 'ms' },
    {
      name: `${what}: with a log that reads reasons`,
      value: of(({ explanation }) => {
        heard += explanation.length;
      }),
      unit: 'ms',
    },
  ];
}

function readableBy(pattern: string, index: number) {
  return {
    name: `permission-${index}`,
    types: ['FeatureView' as const],
    namePatterns: pattern,
    actions: ['READ_ONLINE' as const],
    policy: { type: 'RoleBasedPolicy', roles: ['role-1'] },
  };
}

/** Runs of letters with underscores between them, and an end that makes it another name. */
function nameOf(length: number, end: string): string {
  return 'abcdefghij_'.repeat(Math.ceil(length / 11)).slice(0, length - end.length) + end;
}

function ask(authorizer: ReturnType<Core['createAuthorizer']>, name: string): boolean {
  return authorizer.can(USER, 'READ_ONLINE', { type: 'FeatureView', name });
}

function time(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}
