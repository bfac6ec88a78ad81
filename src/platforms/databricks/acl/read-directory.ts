import * as z from 'zod';
import { checkShape } from './check-shape.js';
import type { ServicesFileReader } from './file-reader.js';
import type { FactLists } from './services-facts.js';

const text = z.string().nullish();
const references = z.array(z.looseObject({ value: text, display: text })).nullish();
const member = z.looseObject({
  id: text,
  displayName: text,
  applicationId: text,
  userName: text,
  entitlements: references,
  roles: references,
  members: references,
  groups: references,
});

/** The entitlement to create clusters. */
const CREATE_CLUSTERS = 'allow-cluster-create';
const ACCOUNT_ADMIN = 'account_admin';
const PROFILE_ARN = /^arn:[^:]+:iam::\d*:instance-profile\//;

/**
 * Lists of service principals, of groups and of users: who they are, and who is in which group.
 *
 * @source Databricks REST API reference, SCIM "Service principals" and "Groups"
 */
export const directoryReader: ServicesFileReader = {
  kind: 'directory',
  detect: (value) => Array.isArray(value['Resources']),
  read(value, { name, collector: { facts } }) {
    const { Resources } = checkShape(z.object({ Resources: z.array(member) }), value, name);
    for (const one of Resources) {
      const id = one.id || undefined;
      const { displayName, applicationId, userName, entitlements, members, groups } = one;
      const held = (entitlements ?? []).flatMap(({ value }) => value || []);
      const createsClusters = held.includes(CREATE_CLUSTERS);
      addRoles(one, name, facts);
      for (const { value: groupId, display } of groups ?? []) {
        if (!id || !groupId) continue;
        facts.members.push({ groupId, memberId: id });
        if (display) facts.groups.push({ id: groupId, name: display, createsClusters: false });
      }
      for (const { value: memberId } of members ?? []) {
        if (id && memberId) facts.members.push({ groupId: id, memberId });
      }
      if (applicationId) {
        const shown = displayName || applicationId;
        facts.servicePrincipals.push({
          applicationId,
          displayName: shown,
          id,
          createsClusters,
          entitlements: held,
        });
      } else if (displayName && !userName) {
        // What has a name to sign in with is a person.
        facts.groups.push({ id, name: displayName, createsClusters, entitlements: held });
      }
    }
  },
};

/** Roles: administrator of the account, or instance profiles that may be attached. */
function addRoles(
  { id, applicationId, displayName, userName, roles }: z.output<typeof member>,
  file: string,
  facts: FactLists,
): void {
  const isUser = Boolean(userName) && !applicationId;
  const isGroup = !userName && !applicationId;
  const by = `${displayName || applicationId || userName || id || 'someone'} in ${file}`;
  for (const { value: role } of roles ?? []) {
    if (role === ACCOUNT_ADMIN) {
      const of = { id: id || undefined, applicationId: applicationId || undefined };
      facts.administrators.push({ scope: 'account', by, ...of, isUser });
    } else if (role && PROFILE_ARN.test(role)) {
      facts.instanceProfiles.push({ arn: role, use: 'publish', by });
      facts.profileUsers.push({ arn: role, by, groupId: isGroup ? id || undefined : undefined });
    }
  }
}
