import type { Authorizer } from '../../src/engine/index.js';
import {
  createGate,
  type Gate,
  type GateDecision,
  type GateOptions,
} from '../../src/gate/index.js';
import type { Credentials } from '../../src/identity/index.js';
import { createAuthorizer, definePermission, roles } from '../../src/index.js';
import {
  type FeastType,
  IdentityInvalidError,
  type Resource,
  type Subject,
} from '../../src/model/index.js';

export const ANALYST: Subject = { username: 'ann', roles: ['analyst'] };
export const NOBODY: Subject = { username: 'noel', roles: [] };

const USERS = new Map<string, Subject>([
  ['ann-token', ANALYST],
  ['noel-token', NOBODY],
  ['boss-token', { username: 'boss', roles: ['secret-role-name'] }],
]);

export const view = (name: string, type: FeastType = 'FeatureView'): Resource<FeastType> => ({
  type,
  name,
  project: 'p',
  tags: {},
});

/** Analysts may read views online whose names start with `open_`. */
export function testAuthorizer(auth: 'oidc' | 'no_auth' = 'oidc'): Authorizer {
  return createAuthorizer({
    permissions: [
      definePermission({
        name: 'secret-permission-name',
        project: 'p',
        types: ['FeatureView'],
        namePatterns: ['open_.*', 'closed_.*'],
        actions: ['READ_ONLINE', 'DESCRIBE'],
        policy: roles('analyst'),
      }),
      definePermission({
        name: 'closed',
        project: 'p',
        types: ['FeatureView'],
        namePatterns: ['shut_.*'],
        actions: ['ALL_ACTIONS'],
        policy: roles('secret-role-name'),
      }),
    ],
    resources: [view('open_a'), view('open_b'), view('shut_c')],
    projects: ['p'],
    defaultProject: 'p',
    auth: { type: auth },
  });
}

/** Knows the tokens of two users, and counts what it is asked. */
export function testAuthenticator() {
  const asked: Credentials[] = [];
  return {
    asked,
    warnings: ['the test authenticator knows two tokens'],
    authenticate: async (credentials: Credentials): Promise<Subject | null> => {
      asked.push(credentials);
      const subject = 'token' in credentials ? USERS.get(credentials.token ?? '') : undefined;
      if (subject === undefined) throw new IdentityInvalidError('secret: unknown key abc');
      return subject;
    },
  };
}

export function testGate(options: Partial<GateOptions> = {}): {
  readonly gate: Gate;
  readonly log: GateDecision[];
  readonly asked: readonly Credentials[];
} {
  const authenticator = testAuthenticator();
  const log: GateDecision[] = [];
  const gate = createGate({
    authenticator,
    authorizer: testAuthorizer(),
    telemetry: false,
    onDecision: (decision) => {
      log.push(decision);
    },
    ...options,
  });
  return { gate, log, asked: authenticator.asked };
}
