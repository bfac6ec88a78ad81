import type { Command } from '../command.js';
import { type WorkspacesCommands, workspacesCommand } from '../services-options.js';

const ENDPOINT: WorkspacesCommands = {
  group: 'services endpoint',
  notes: [
    'FILE is YAML: `workspace` (`host`, `credentials`), `endpoints`, `service_principals` (application ids), `level`, and a',
    'short-lived `token` if one is needed. Write secrets as `${NAME}`: they are read from environment variables.',
  ],
};

/** `services endpoint plan`: what service principals lack to query endpoints. */
export const servicesEndpointPlanCommand: Command = workspacesCommand(ENDPOINT, 'plan', {
  summary: 'Show which service principals lack access to serving endpoints',
  load: async () => (await import('./run-services-endpoint.js')).runServicesEndpointPlan,
});

/** `services endpoint apply`: grants what is missing, and nothing else. */
export const servicesEndpointApplyCommand: Command = workspacesCommand(ENDPOINT, 'apply', {
  summary: 'Let service principals query serving endpoints',
  options: [
    {
      name: 'token-file',
      value: 'FILE',
      help: "Create the token that FILE's `token` describes, and write it to this new file, which only you can read",
    },
  ],
  load: async () => (await import('./run-services-endpoint.js')).runServicesEndpointApply,
});

/** `services endpoint verify`: where a workspace differs from the file. */
export const servicesEndpointVerifyCommand: Command = workspacesCommand(ENDPOINT, 'verify', {
  summary: 'Find where access to serving endpoints differs from a file',
  load: async () => (await import('./run-services-endpoint.js')).runServicesEndpointVerify,
});
