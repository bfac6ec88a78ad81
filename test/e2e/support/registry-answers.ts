import { createAuthorizer } from '../../../src/engine/index.js';
import { ALL_ACTIONS, type Subject } from '../../../src/model/index.js';
import type { FeatureStore } from '../../../src/registry/index.js';

/** A question, and its answer. */
export interface Answer {
  readonly question: string;
  readonly allowed: boolean;
}

const SUBJECTS: readonly Subject[] = [
  { username: 'reader', roles: ['super-reader'] },
  { username: 'admin', roles: ['feast-admin', 'admin'] },
  { username: 'analyst', groups: ['risk-analysts', 'pii-cleared'] },
  { username: 'fleet', namespaces: ['fleet'] },
  { username: 'nobody' },
];

/** The answers to the same questions about every resource of a store. */
export function answersOf(store: FeatureStore): readonly Answer[] {
  // Without `auth`: the permissions decide, whatever the configuration says.
  const { auth: _auth, ...options } = store.snapshotOptions;
  const authorizer = createAuthorizer(options);
  const resources = store.contents.resources.toSorted((a, b) => compare(keyOf(a), keyOf(b)));
  return SUBJECTS.flatMap((subject) =>
    resources.flatMap((resource) =>
      ALL_ACTIONS.map((action) => ({
        question: `${subject.username} ${action} ${keyOf(resource)}`,
        allowed: authorizer.can(subject, action, resource),
      })),
    ),
  );
}

function keyOf({
  type,
  project,
  name,
}: {
  type: string;
  project?: string | undefined;
  name: string;
}): string {
  return `${project}/${type}/${name}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/**
 * A report without what says where its registry is and which version of it was read, and with its
 * lists in an order of their own: each `feast apply` writes objects in another one.
 */
export function withoutSource(report: unknown): unknown {
  if (Array.isArray(report)) {
    const members = report.map(withoutSource);
    return members.toSorted((a, b) => compare(JSON.stringify(a), JSON.stringify(b)));
  }
  if (typeof report !== 'object' || report === null) return report;
  const kept = Object.entries(report).filter(
    ([key]) => !['source', 'version', 'snapshot', 'file'].includes(key),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutSource(value)]));
}
