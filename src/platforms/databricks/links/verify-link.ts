import { describeLinkChange, type LinkChange, type LinkFinding } from './link-plan.js';
import { planLink } from './plan-link.js';
import type { RegistryLinks } from './registry-links.js';

/**
 * Where live workspaces differ from the links: what stands in their way, what is missing, and the
 * findings of the plan. Reads only.
 */
export async function verifyLink(links: RegistryLinks): Promise<readonly LinkFinding[]> {
  const { changes, findings, blocked } = await planLink(links);
  const blocks = blocked.map(
    (message): LinkFinding => ({ rule: 'blocked', workspace: 'all', message }),
  );
  return [...blocks, ...changes.map(changeMissing), ...findings];
}

/** A change that is yet to be made, as a finding. */
export function changeMissing(change: LinkChange): LinkFinding {
  return {
    rule: 'change-missing',
    workspace: change.workspace,
    message: describeLinkChange(change),
  };
}
