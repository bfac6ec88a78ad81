// A policy kind of one's own: who is on call may do it.
import { createAuthorizer, definePermission, type PolicyKind } from 'feast-permissions';
import * as z from 'zod';

interface OnCallPolicy {
  readonly type: 'OnCallPolicy';
  readonly team: string;
}

const onCall: PolicyKind<OnCallPolicy> = {
  type: 'OnCallPolicy',
  schema: z.strictObject({ type: z.literal('OnCallPolicy'), team: z.string() }),
  compile: ({ team }) => ({
    kind: 'predicate',
    grants: (subject) => subject?.claims?.['oncall'] === team,
  }),
  explain: ({ team }) => `being on call for ${team}`,
};

const policyKinds = [onCall];
const policy: OnCallPolicy = { type: 'OnCallPolicy', team: 'risk' };
export const authorizer = createAuthorizer({
  policyKinds,
  permissions: [
    definePermission({ name: 'repair', actions: 'WRITE_ONLINE', policy }, { policyKinds }),
  ],
});
