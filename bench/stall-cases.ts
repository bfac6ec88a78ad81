import type { PermissionInput } from '../src/index.js';

/** A registry, and the worst requests that a permitted caller can make to it. */
export interface StallCase {
  readonly name: string;
  readonly permissions: readonly PermissionInput[];
  readonly registered?: readonly string[];
  /** Whether a log reads the reasons of all decisions. */
  readonly readsReasons: boolean;
  /** Whether the names stand in an answer of ListFlights, and not in a request. */
  readonly inAnswer?: boolean;
  /** The names in one request, others in each round; undefined: nothing is asked. */
  readonly namesOf?: (round: number) => readonly string[];
}

const numbered = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const readable = (pattern: string, index: number): PermissionInput => ({
  name: `permission-${index}`,
  types: ['FeatureView'],
  namePatterns: pattern,
  actions: ['READ_ONLINE'],
  policy: { type: 'RoleBasedPolicy', roles: ['role-1'] },
});

/** A name of 256 characters in runs of letters. */
const longName = (round: number, index: number): string =>
  'abcdefgh_'.repeat(29).slice(0, 256 - 8) + String(round * 1000 + index).padStart(8, '0');

const COUNTED = numbered(700, (index) =>
  readable(`(?:[a-z]{1,30}_){1,40}[a-z0-9]{1,${index + 1}}`, index),
);

export const STALL_CASES: readonly StallCase[] = [
  { name: 'nothing is asked', permissions: [], readsReasons: false },
  {
    name: '256 unknown names of 256 characters, 700 patterns with a counted repeat',
    permissions: COUNTED,
    readsReasons: false,
    namesOf: (round) => numbered(256, (index) => longName(round, index)),
  },
  {
    name: 'the same names in an answer of ListFlights, the same patterns',
    permissions: COUNTED,
    readsReasons: false,
    inAnswer: true,
    namesOf: (round) => numbered(256, (index) => longName(round, index)),
  },
  {
    name: '256 unknown names of 256 characters, 700 patterns with counts between gaps',
    permissions: numbered(700, (index) => readable(`.*[a-z]{3,${9 + index}}_?[0-9]{1,9}.*`, index)),
    readsReasons: false,
    namesOf: (round) => numbered(256, (index) => longName(round, index)),
  },
  {
    name: '6,000 unknown names, 10,000 plain patterns',
    permissions: numbered(10_000, (index) => readable(`.*_${index}_[a-z]+`, index)),
    readsReasons: false,
    namesOf: (round) => numbered(6000, (index) => `v${round}_${index}_a`),
  },
  {
    name: '10,000 registered names, each covered by 500 permissions, a log that reads reasons',
    permissions: numbered(500, (index) => readable('view_.*', index)),
    registered: numbered(10_000, (index) => `view_${index}`),
    readsReasons: true,
    namesOf: () => numbered(10_000, (index) => `view_${index}`),
  },
];
