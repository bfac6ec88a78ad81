import type { Command } from '../command.js';
import { type WorkspacesCommands, workspacesCommand } from '../services-options.js';

const STORE: WorkspacesCommands = {
  group: 'services store',
  notes: [
    'FILE is YAML: `workspace` (`host`, `credentials`), `prefix`, `provider` (dynamodb or mysql), and `read` and `write` with',
    '`scope`, `readers` and `secrets`. Secrets are `${NAME}`: variables of the environment.',
  ],
};

const CREDENTIAL: WorkspacesCommands = {
  group: 'services credential',
  notes: [
    'FILE is YAML: `workspace` (`host`, `credentials`), `credentials` (names) and `principals` (application ids, or groups).',
  ],
};

/** `services store plan`: which scopes, secrets and grants an online store lacks. */
export const servicesStorePlanCommand: Command = workspacesCommand(STORE, 'plan', {
  summary: 'Show which secrets and readers an online store lacks',
  load: async () => (await import('./run-services-access.js')).runServicesStorePlan,
});

/** `services store apply`: makes the scopes, puts the secrets and lets readers in. */
export const servicesStoreApplyCommand: Command = workspacesCommand(STORE, 'apply', {
  summary: 'Put the secrets of an online store into scopes for their readers',
  load: async () => (await import('./run-services-access.js')).runServicesStoreApply,
});

/** `services credential plan`: who lacks ACCESS on service credentials. */
export const servicesCredentialPlanCommand: Command = workspacesCommand(CREDENTIAL, 'plan', {
  summary: 'Show who lacks access to service credentials',
  load: async () => (await import('./run-services-access.js')).runServicesCredentialPlan,
});

/** `services credential apply`: grants ACCESS, and nothing else. */
export const servicesCredentialApplyCommand: Command = workspacesCommand(CREDENTIAL, 'apply', {
  summary: 'Let service principals use service credentials',
  load: async () => (await import('./run-services-access.js')).runServicesCredentialApply,
});
