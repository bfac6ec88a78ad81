import { createAuthorizer } from '../../../../src/engine/index.js';
import { createGate } from '../../../../src/gate/index.js';
import { IdentityInvalidError } from '../../../../src/model/index.js';
import type { ServingEndpointProxyOptions } from '../../../../src/platforms/databricks/serving-endpoint/index.js';
import {
  databricksVocabulary,
  levelPermission,
  principalsPolicyKind,
  workspaceSubject,
} from '../../../../src/platforms/databricks/vocabulary/index.js';

const CALLER = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9011';
const VIEWER = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9012';
const TOKENS = new Map([
  ['token-of-caller', CALLER],
  ['token-of-viewer', VIEWER],
]);

/** What decides on what no permission covers, or on nothing at all. */
export interface EndpointGateOptions {
  readonly unsecured?: 'allow';
  readonly auth?: { readonly type: 'no_auth' };
}

export const endpointNamed = (name: string) => ({ type: 'ServingEndpoint', name }) as const;

/** A gate whose caller may query `fraud`, `closed` and `gone`, and whose viewer may see `fraud`. */
export function createEndpointGate(
  options: EndpointGateOptions = {},
): ServingEndpointProxyOptions['gate'] {
  const grant = (name: string, level: string, applicationId: string) =>
    levelPermission({
      resource: endpointNamed(name),
      level,
      principal: { kind: 'service-principal', name: applicationId },
    });
  const authorizer = createAuthorizer({
    vocabulary: databricksVocabulary,
    policyKinds: [principalsPolicyKind],
    permissions: [
      grant('fraud', 'CAN_QUERY', CALLER),
      grant('closed', 'CAN_QUERY', CALLER),
      grant('gone', 'CAN_MANAGE', CALLER),
      grant('fraud', 'CAN_VIEW', VIEWER),
    ],
    resources: [endpointNamed('fraud'), endpointNamed('closed'), endpointNamed('gone')],
    whenNoPermissions: 'deny',
    ...options,
  });
  return createGate({
    authorizer,
    authenticator: {
      authenticate: async (credentials) => {
        const token = 'token' in credentials ? credentials.token : undefined;
        const applicationId = TOKENS.get(token ?? '');
        if (applicationId === undefined) throw new IdentityInvalidError('unknown token');
        return workspaceSubject({ applicationId });
      },
    },
    telemetry: false,
  });
}
