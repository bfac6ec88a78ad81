import * as z from 'zod';
import { checkShape } from './check-shape.js';
import type { ServicesFileReader } from './file-reader.js';

const text = z.string().nullish();
const answer = z.object({
  permission_assignments: z.array(
    z.looseObject({
      permissions: z.array(z.string()).nullish(),
      principal: z
        .looseObject({
          principal_id: z.union([z.string(), z.number()]).nullish(),
          service_principal_name: text,
          group_name: text,
          user_name: text,
          display_name: text,
        })
        .nullish(),
    }),
  ),
});

/**
 * Who is assigned to a workspace, and who of them is its administrator.
 *
 * @source Databricks REST API reference, "Workspace assignment"
 */
export const assignmentsReader: ServicesFileReader = {
  kind: 'permission-assignments',
  detect: (value) => Array.isArray(value['permission_assignments']),
  read(value, { name, collector: { facts } }) {
    const { permission_assignments } = checkShape(answer, value, name);
    for (const { permissions, principal } of permission_assignments) {
      if (permissions?.includes('ADMIN') !== true) continue;
      const { principal_id: id, service_principal_name, group_name, user_name } = principal ?? {};
      facts.administrators.push({
        scope: 'workspace',
        by: name,
        id: id === undefined || id === null ? undefined : String(id),
        applicationId: service_principal_name || undefined,
        group: group_name || undefined,
        isUser: Boolean(user_name),
      });
    }
  },
};
