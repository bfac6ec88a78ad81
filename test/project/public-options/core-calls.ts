import {
  accessMatrix,
  canWhat,
  diffAccess,
  reviewAccess,
  searchActions,
  searchResources,
  searchSubjects,
  whoCan,
} from '../../../src/analysis/index.js';
import {
  applyExceptions,
  auditSnapshot,
  githubReport,
  gitlabReport,
  htmlReport,
  junitReport,
  loadExceptions,
  markdownReport,
  parseBaseline,
  parseExceptions,
  type Reporter,
  reportText,
  sarifReport,
} from '../../../src/audit/index.js';
import {
  loadFeatureStoreConfig,
  loadPermissionFile,
  parseFeatureStoreConfig,
  parsePermissionFile,
} from '../../../src/config/index.js';
import { createDecisionLog, createShadow } from '../../../src/decision-log/index.js';
import {
  createGate,
  endWithToken,
  filterAnswer,
  findEndpoint,
  requirementsAt,
  requirementsOf,
} from '../../../src/gate/index.js';
import {
  createAuthenticator,
  createKubernetesAuthenticator,
  createServiceTokenIssuer,
  createServiceTokenVerifier,
  createTokenReviewer,
  createTokenSource,
} from '../../../src/identity/index.js';
import { createAuthorizer, definePermission, prepareSnapshot } from '../../../src/index.js';
import { feastVocabulary } from '../../../src/model/index.js';
import { createHttpClient } from '../../../src/net/http-client.js';
import { loadAuthorizer, loadGate, openDecisionFile } from '../../../src/node.js';
import { addSecretRedaction, createRedactor } from '../../../src/redaction/index.js';
import {
  createFileRegistry,
  loadFeatureStore,
  openFeatureStore,
  openRegistry,
  readRegistryFile,
} from '../../../src/registry/index.js';

import { parsePolicyTests } from '../../../src/testing/index.js';
import type { OptionCalls } from './option-calls.js';

const authorizer = createAuthorizer({ permissions: [] });
const { snapshot } = authorizer;
const oidc = parseFeatureStoreConfig(`
project: demo
registry: data/registry.db
auth: { type: oidc, client_id: feast, auth_discovery_url: "https://idp.example/.well-known/openid-configuration" }
`).auth;
const endpoint = findEndpoint('online', 'POST', '/get-online-features')?.endpoint as never;
const permission = { name: 'p', actions: ['READ'] } as const;
const { signal } = new AbortController();
const secret = 'x'.repeat(32);
const service = { issuer: 'a', audience: 'b', subject: { username: 'svc' } };

const resource = { type: 'FeatureView', name: 'v' };

/** A call of a reporter of an audit. */
function reportCall(report: Reporter): OptionCalls[string] {
  const context = {
    source: 's',
    rules: [],
    locate: () => ({ path: 'p', line: 1 }),
    fails: () => true,
    version: '1',
  };
  return [
    (extra: object) => report(auditSnapshot(snapshot), { ...context, ...extra }),
    'locate',
    'width',
  ];
}

/**
 * Functions of the engine, its permissions, analysis, audit, configuration, registry, gate,
 * identity and redaction.
 */
export const CORE_CALLS: OptionCalls = {
  whoCan: [(extra: object) => whoCan(snapshot, 'DELETE', resource, extra), 'page', 'types'],
  canWhat: [(extra: object) => canWhat(snapshot, null, extra), 'actions', 'limit'],
  accessMatrix: [(extra: object) => accessMatrix(snapshot, extra), 'types', 'actions'],
  diffAccess: [(extra: object) => diffAccess(snapshot, snapshot, extra), 'names', 'types'],
  reviewAccess: [(extra: object) => [...reviewAccess(snapshot, extra)], 'actions', 'page'],
  searchActions: [
    (extra: object) => searchActions(snapshot, { subject: null, resource, ...extra }),
    'resource',
    'actions',
  ],
  searchResources: [
    (extra: object) =>
      searchResources(snapshot, { subject: null, actions: 'DELETE', type: 'Entity', ...extra }),
    'actions',
    'resource',
  ],
  searchSubjects: [
    (extra: object) =>
      searchSubjects(snapshot, { kind: 'role', actions: 'DELETE', resource, ...extra }),
    'actions',
    'subject',
  ],
  createAuthorizer: [
    (extra: object) => createAuthorizer({ permissions: [], ...extra }),
    'whenNoPermissions',
    'identity',
  ],
  'createAuthorizer, second argument': [
    (extra: object) => createAuthorizer({ permissions: [] }, extra),
    'onDecision',
    'unsecured',
  ],
  'authorizer.replace': [
    (extra: object) => authorizer.replace({ permissions: [], ...extra }),
    'strategy',
    'onDecision',
  ],
  'authorizer.decideChange': [
    (extra: object) =>
      authorizer.decideChange(null, { proposed: { type: 'Entity', name: 'e' }, ...extra }),
    'existing',
    'resource',
  ],
  prepareSnapshot: [
    (extra: object) => prepareSnapshot({ permissions: [] }, extra),
    'sliceMs',
    'strategy',
  ],
  definePermission: [
    (extra: object) => definePermission(permission as never, extra),
    'policyKinds',
    'unsecured',
  ],
  applyExceptions: [
    (extra: object) => applyExceptions(auditSnapshot(snapshot), [], extra),
    'rules',
    'file',
  ],
  parseExceptions: [(extra: object) => parseExceptions('exceptions: []', extra), 'file', 'now'],
  loadExceptions: [
    (extra: object) => loadExceptions('examples/audit-exceptions.yaml', extra),
    'rules',
    'file',
  ],
  parseBaseline: [
    (extra: object) => parseBaseline('{"version":1,"findings":[]}', extra),
    'file',
    'rules',
  ],
  sarifReport: reportCall(sarifReport),
  junitReport: reportCall(junitReport),
  githubReport: reportCall(githubReport),
  gitlabReport: reportCall(gitlabReport),
  markdownReport: reportCall(markdownReport),
  htmlReport: reportCall((report, context) =>
    htmlReport(report, { ...context, snapshot: snapshot as never }),
  ),
  auditSnapshot: [(extra: object) => auditSnapshot(snapshot, extra), 'project', 'vocabulary'],
  reportText: [
    (extra: object) =>
      reportText(auditSnapshot(snapshot), {
        vocabulary: feastVocabulary,
        source: 's',
        width: 80,
        ...extra,
      }),
    'source',
    'project',
  ],
  parseFeatureStoreConfig: [
    (extra: object) => parseFeatureStoreConfig('project: p\nregistry: r.db', extra),
    'baseDirectory',
    'project',
  ],
  loadFeatureStoreConfig: [(extra: object) => loadFeatureStoreConfig('none', extra), 'env', 'file'],
  parsePolicyTests: [(extra: object) => parsePolicyTests('', extra), 'file', 'env'],
  loadPermissionFile: [(extra: object) => loadPermissionFile('none', extra), 'python', 'file'],
  parsePermissionFile: [
    (extra: object) => parsePermissionFile('permissions: []', extra),
    'file',
    'env',
  ],
  createGate: [
    (extra: object) =>
      createGate({ authenticator: { authenticate: async () => null }, authorizer, ...extra }),
    'maxNameLength',
    'whenNoPermissions',
  ],
  filterAnswer: [
    (extra: object) => filterAnswer({}, endpoint, {}, { caller: undefined, ...extra }),
    'project',
    'maxNameLength',
  ],
  requirementsOf: [
    (extra: object) => requirementsOf(endpoint, {} as never, {} as never, extra),
    'checkViews',
    'maxNameLength',
  ],
  requirementsAt: [
    (extra: object) =>
      requirementsAt({ relations: { projects: [] } } as never, endpoint, {} as never, extra),
    'checkViews',
    'maxNameLength',
  ],
  endWithToken: [
    (extra: object) => endWithToken({}, undefined, () => {}, extra),
    'graceSeconds',
    'streamGraceSeconds',
  ],
  loadAuthorizer: [
    (extra: object) => loadAuthorizer('none', extra),
    'onDecision',
    'whenNoPermissions',
  ],
  createShadow: [
    (extra: object) => createShadow({ candidate: snapshot, ...extra }),
    'candidate',
    'onDecision',
  ],
  createDecisionLog: [
    (extra: object) => createDecisionLog({ sink: () => {}, ...extra }),
    'maxPermissions',
    'onDecision',
  ],
  openDecisionFile: [
    (extra: object) => openDecisionFile('/dev/null', extra),
    'maxWaiting',
    'maxPermissions',
  ],
  loadGate: [(extra: object) => loadGate('none', extra), 'onDecision', 'whenNoPermissions'],
  createAuthenticator: [
    (extra: object) => createAuthenticator(oidc, extra),
    'requireIssuer',
    'audience',
  ],
  'createAuthenticator, one of several': [
    (extra: object) => createAuthenticator([{ auth: oidc as never, ...extra }]),
    'requireIssuer',
    'tokenReview',
  ],
  'createAuthenticator, claims': [
    (extra: object) => createAuthenticator(oidc, { claims: extra }),
    'username',
    'algorithms',
  ],
  'createAuthenticator, kubernetes': [
    (extra: object) => createAuthenticator({ type: 'kubernetes' } as never, { kubernetes: extra }),
    'audiences',
    'algorithms',
  ],
  createKubernetesAuthenticator: [
    (extra: object) => createKubernetesAuthenticator(extra),
    'audiences',
    'issuer',
  ],
  createTokenReviewer: [
    (extra: object) => createTokenReviewer(extra),
    'cacheSeconds',
    'namespaces',
  ],
  createServiceTokenIssuer: [
    (extra: object) =>
      createServiceTokenIssuer({ ...service, key: { kid: 'k', secret }, ...extra } as never),
    'lifetimeSeconds',
    'keys',
  ],
  createServiceTokenVerifier: [
    (extra: object) =>
      createServiceTokenVerifier({
        issuer: 'a',
        audience: 'b',
        keys: [{ kid: 'k', secret }],
        ...extra,
      }),
    'clockToleranceSeconds',
    'lifetimeSeconds',
  ],
  createTokenSource: [(extra: object) => createTokenSource(oidc, extra), 'maxAttempts', 'audience'],
  createHttpClient: [
    (extra: object) => createHttpClient({ timeoutSeconds: 1, ...extra }),
    'followRedirects',
    'maxAttempts',
  ],
  createRedactor: [(extra: object) => createRedactor(extra), 'maxEntries', 'name'],
  addSecretRedaction: [
    (extra: object) => addSecretRedaction({ value: secret, ...extra }),
    'expiresAt',
    'maxBytes',
  ],
  'redactor.add': [
    (extra: object) => createRedactor().add({ value: secret, ...extra }),
    'expiresAt',
    'maxBytes',
  ],
  createFileRegistry: [
    (extra: object) => createFileRegistry({ path: 'r.db', ...extra }),
    'path',
    'signal',
  ],
  readRegistryFile: [(extra: object) => readRegistryFile('none', extra), 'signal', 'path'],
  'source.read': [
    (extra: object) => createFileRegistry({ path: 'none' }).read(extra),
    'signal',
    'pollSeconds',
  ],
  'source.watch': [
    (extra: object) =>
      createFileRegistry({ path: 'none' }).watch?.(() => {}, { signal, ...extra } as never),
    'pollSeconds',
    'path',
  ],
  openRegistry: [
    (extra: object) => openRegistry({ type: 'file', path: 'none', ...extra }),
    'options',
    'signal',
  ],
  'openRegistry, second argument': [
    (extra: object) => openRegistry({ type: 'file', path: 'none' }, extra),
    'registryKinds',
    'signal',
  ],
  openFeatureStore: [(extra: object) => openFeatureStore('none', extra), 'project', 'signal'],
  loadFeatureStore: [(extra: object) => loadFeatureStore('none', extra), 'project', 'strategy'],
};
