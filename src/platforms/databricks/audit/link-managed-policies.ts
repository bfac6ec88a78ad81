import type { ServicesFacts, StorePolicyFact } from '../acl/index.js';

/**
 * Puts managed policies that stand beside their ARNs in place of those that an account's details,
 * or a template, attach without their documents.
 *
 * A policy that stands beside its own ARN counts only where it is attached. Files that do not say
 * what is attached to what leave it as one of the policies that are given.
 */
export function linkManagedPolicies(facts: ServicesFacts): ServicesFacts {
  const { storePolicies } = facts;
  const given = new Map(
    storePolicies.flatMap((policy) =>
      policy.managed === undefined ? [] : [[policy.managed, policy]],
    ),
  );
  if (given.size === 0) return facts;
  const isAttachmentKnown = storePolicies.some(({ principal }) => principal !== undefined);
  const linked = new Set<string>();
  const policies = storePolicies.flatMap((policy): readonly StorePolicyFact[] => {
    if (policy.managed !== undefined && isAttachmentKnown) return [];
    const document = policy.absent === undefined ? undefined : given.get(policy.absent);
    if (document === undefined) return [policy];
    linked.add(policy.name);
    const { absent: _, ...attached } = policy;
    return [
      { ...attached, name: document.name, document: document.document, writes: document.writes },
    ];
  });
  const findings = facts.findings.filter(
    ({ rule, permission }) =>
      rule !== 'iam-policy-absent' || permission === undefined || !linked.has(permission.name),
  );
  return { ...facts, storePolicies: policies, findings };
}
