import { quote } from '../../model/index.js';
import type { AuditFacts } from '../audit-facts.js';

import type { FindingRule } from '../finding-rule.js';
import { aboutPermission } from './about-permission.js';

import { type Grant, GrantIndex, grantOf } from './grant-index.js';

/** Two permissions that mean the same. */
export const duplicatePermission: FindingRule = {
  id: 'duplicate-permission',
  level: 'warning',
  title: 'A permission that repeats another one',
  advice: 'Keep one of them: who takes a role out of the other takes nothing away',
  *check(facts) {
    const first = new Map<string, Grant>();
    for (const grant of grantsOf(facts)) {
      const twin = first.get(grant.key);
      if (twin === undefined) first.set(grant.key, grant);
      else
        yield aboutPermission(
          facts,
          grant.permission,
          `says the same as ${quote(twin.permission.source.name)}`,
        );
    }
  },
};

/** A permission that another one includes. */
export const shadowedPermission: FindingRule = {
  id: 'shadowed-permission',
  level: 'note',
  title: 'A permission that grants nothing that another one does not grant',
  advice: 'Remove it, or narrow the other one, before you rely on changes to it',
  *check(facts) {
    const index = new GrantIndex();
    const seen = new Set<string>();
    const distinct = grantsOf(facts).filter(({ key }) => !seen.has(key) && seen.add(key));
    for (const grant of distinct) index.add(grant);
    for (const grant of distinct) {
      const wider = index.findWider(grant)?.permission.source;
      if (wider === undefined) continue;
      yield aboutPermission(
        facts,
        grant.permission,
        `grants nothing that ${quote(wider.name)} does not grant`,
      );
    }
  },
};

/** By the facts that they are from: both rules look at the same grants. */
const knownGrants = new WeakMap<AuditFacts, readonly Grant[]>();

// A policy that matches no user grants nothing; another rule reports it.
function grantsOf(facts: AuditFacts): readonly Grant[] {
  let grants = knownGrants.get(facts);
  if (grants === undefined) {
    grants = facts.understood
      .filter(({ test }) => test?.isUnsatisfiable !== true)
      .map((permission) => grantOf(facts.snapshot, permission));
    knownGrants.set(facts, grants);
  }
  return grants;
}
