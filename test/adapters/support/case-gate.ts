import { createAuthorizer } from '../../../src/engine/index.js';
import type { Caller, Gate } from '../../../src/gate/gate.js';
import { createGate } from '../../../src/gate/index.js';
import { type Credentials, createAuthenticator } from '../../../src/identity/index.js';
import {
  IdentityInvalidError,
  IdentityMissingError,
  type Subject,
} from '../../../src/model/index.js';
import { loadFeatureStore } from '../../../src/registry/index.js';
import { createSigningKey, FakeProvider, NOW, serverConfig } from '../../identity/fake-provider.js';
import type { CountingGate } from './case-types.js';

/**
 * Tokens that the cases use, and whom they stand for in the registry of examples/credit_scoring.
 */
export const SUBJECTS: ReadonlyMap<string, Subject> = new Map([
  // Reads every view and service.
  ['reader-token', { username: 'rita', roles: ['super-reader'] }],
  // Reads transaction_features, customer_profile and merchant_*, and nothing else.
  ['analyst-token', { username: 'ann', groups: ['risk-analysts'] }],
  // Writes transactions_push_view.
  ['fleet-token', { username: 'flo', namespaces: ['fleet'] }],
  ['nobody-token', { username: 'ned' }],
]);

export function bearer(token: string): readonly [string, string] {
  return ['authorization', `Bearer ${token}`];
}

interface CaseGates {
  /** Knows the tokens of {@link SUBJECTS}. */
  readonly gate: Gate;
  /** Verifies tokens of an identity provider. */
  readonly oidcGate: Gate;
  sign(claims: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

export async function createCaseGates(): Promise<CaseGates> {
  const { snapshotOptions, contents } = await loadFeatureStore(
    'examples/credit_scoring/feature_store_oidc.yaml',
  );
  const authorizer = createAuthorizer(snapshotOptions);
  const { relations } = contents;

  const provider = await new FakeProvider().start();
  provider.keys = [await createSigningKey('key')];
  const oidc = createAuthenticator(serverConfig({ authDiscoveryUrl: provider.discoveryUrl }), {
    now: () => NOW * 1000,
  });
  return {
    gate: createGate({ authenticator: { authenticate: lookUp, recall }, authorizer, relations }),
    oidcGate: createGate({ authenticator: oidc, authorizer, relations }),
    sign: (claims) => provider.sign(claims),
    close: async () => {
      await oidc.close();
      await provider.stop();
    },
  };
}

/** Every other time, so that callers are known at once and after a while. */
function recall(token: string): Subject | undefined {
  recalls += 1;
  return recalls % 2 === 0 ? SUBJECTS.get(token) : undefined;
}

let recalls = 0;

async function lookUp(credentials: Credentials): Promise<Subject> {
  const token = 'token' in credentials ? credentials.token : undefined;
  if (token === undefined) throw new IdentityMissingError('no token was given');
  const subject = SUBJECTS.get(token);
  if (subject === undefined) throw new IdentityInvalidError('the token is not known');
  return subject;
}

/** The same gate, with its calls counted. */
export function countCalls(gate: Gate): CountingGate {
  const asked = { authenticate: 0, authorize: 0, granted: 0 };
  const counting: CountingGate = {
    asked,
    warnings: gate.warnings,
    relations: gate.relations,
    refuse: (error) => gate.refuse(error),
    authenticate: (authorization) => {
      asked.authenticate += 1;
      return gate.authenticate(authorization);
    },
    authorize: (caller, requirements, operation) => {
      asked.authorize += 1;
      gate.authorize(caller, requirements, operation);
      asked.granted += 1;
    },
    check: async ({ authorization, requirements, operation }): Promise<Caller> => {
      const caller = await counting.authenticate(authorization);
      counting.authorize(caller, requirements, operation);
      return caller;
    },
  };
  return counting;
}
