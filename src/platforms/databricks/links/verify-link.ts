import { SERVICE_PRINCIPAL_GROUP } from './link-names.js';
import { describeLinkChange, type LinkChange, type LinkFinding } from './link-plan.js';
import { planSession } from './plan-link.js';
import { openLinks, type RegistryLinks } from './registry-links.js';

/**
 * Where live workspaces differ from the links: what stands in their way, what is missing, and the
 * findings of the plan. Reads only.
 */
export async function verifyLink(links: RegistryLinks): Promise<readonly LinkFinding[]> {
  const session = openLinks(links);
  const isOfModule = links.compatibility !== undefined;
  const { changes, findings, blocked } = await planSession(session, 'broken', isOfModule);
  const blocks = blocked.map(
    (message): LinkFinding => ({ rule: 'blocked', workspace: 'all', message }),
  );
  const missing = changes.filter((change) => !isOfModule || !isOnlyInDocument(change));
  return [...blocks, ...missing.map(changeMissing), ...findings];
}

/** The module's document grants this, and its code does not. */
function isOnlyInDocument(change: LinkChange): boolean {
  return change.kind === 'grant-scope' && change.group === SERVICE_PRINCIPAL_GROUP;
}

/** A change that is yet to be made, as a finding. */
export function changeMissing(change: LinkChange): LinkFinding {
  return {
    rule: 'change-missing',
    workspace: change.workspace,
    message: describeLinkChange(change),
  };
}
