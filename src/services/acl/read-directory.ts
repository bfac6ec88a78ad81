import { z } from 'zod';
import { checkShape } from './check-shape.js';
import type { ServicesFileReader } from './file-reader.js';

const member = z.looseObject({
  id: z.string().optional(),
  displayName: z.string().optional(),
  applicationId: z.string().optional(),
  userName: z.string().optional(),
  entitlements: z.array(z.looseObject({ value: z.string().optional() })).optional(),
  members: z.array(z.looseObject({ value: z.string().optional() })).optional(),
});

/** The entitlement to create clusters. */
const CREATE_CLUSTERS = 'allow-cluster-create';

/**
 * Lists of service principals and of groups.
 *
 * @source Databricks REST API reference, SCIM "Service principals" and "Groups"
 */
export const directoryReader: ServicesFileReader = {
  kind: 'directory',
  detect: (value) => Array.isArray(value['Resources']),
  read(value, { name, collector: { facts } }) {
    const { Resources } = checkShape(z.object({ Resources: z.array(member) }), value, name);
    for (const one of Resources) {
      const { id, displayName = '', applicationId, userName, entitlements = [], members } = one;
      const createsClusters = entitlements.some((held) => held.value === CREATE_CLUSTERS);
      if (applicationId !== undefined) {
        facts.servicePrincipals.push({ applicationId, displayName, id, createsClusters });
        continue;
      }
      // What has a name to sign in with is a person.
      if (displayName === '' || userName !== undefined) continue;
      facts.groups.push({ id, name: displayName, createsClusters });
      for (const { value: memberId } of members ?? []) {
        if (id !== undefined && memberId !== undefined)
          facts.members.push({ groupId: id, memberId });
      }
    }
  },
};
