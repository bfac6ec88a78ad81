// A scope of secrets that is backed by a vault, linked by a user who may use the credential.
import type { Subject } from 'feast-permissions';
import {
  createLinkedSecretScope,
  type LinkedSecretScopeOptions,
  type ServiceCredential,
} from 'feast-permissions/azure';
import type { SecretStore } from 'feast-permissions/secrets';
import { authorizer } from './service-credential.js';

type HowToAsk = Omit<LinkedSecretScopeOptions, 'scope' | 'vault' | 'credential' | 'authorize'>;

export function linkSandboxScope(
  credential: ServiceCredential,
  subject: Subject,
  vault = 'sandbox-dataai-example-kv',
  options: HowToAsk = {},
): SecretStore {
  return createLinkedSecretScope({
    scope: 'sandbox',
    vault,
    credential,
    authorize: { authorizer, subject },
    ...options,
  });
}
