import type { Command } from '../command.js';
import { type WorkspacesCommands, workspacesCommand } from '../services-options.js';

const LINK: WorkspacesCommands = {
  group: 'services link',
  notes: [
    'FILE is YAML: `dev`, `staging` and `prod` (`host`, `credentials`), and the inputs of the Terraform module by their names.',
    'Write secrets as `${NAME}`: they are read from environment variables.',
  ],
};

/** `services link plan`: what links between model registries lack. */
export const servicesLinkPlanCommand: Command = workspacesCommand(LINK, 'plan', {
  summary: 'Show what links between the model registries of workspaces lack',
  load: async () => (await import('./run-services-link.js')).runServicesLinkPlan,
});

/** `services link apply`: puts links in place, or goes on where a run broke off. */
export const servicesLinkApplyCommand: Command = workspacesCommand(LINK, 'apply', {
  summary: 'Link the model registries of workspaces',
  load: async () => (await import('./run-services-link.js')).runServicesLinkApply,
});

/** `services link verify`: where workspaces, or a state of Terraform, differ from the file. */
export const servicesLinkVerifyCommand: Command = workspacesCommand(LINK, 'verify', {
  summary: 'Find where links between model registries differ from a file',
  options: [
    {
      name: 'state',
      value: 'FILE',
      multiple: true,
      help: 'Check this output of `terraform show -json` instead of the workspaces (repeatable)',
    },
  ],
  load: async () => (await import('./run-services-link.js')).runServicesLinkVerify,
});

/** `services link rotate`: new tokens for those that end soon. */
export const servicesLinkRotateCommand: Command = workspacesCommand(LINK, 'rotate', {
  summary: 'Renew the tokens of links between model registries',
  options: [
    {
      name: 'force',
      help: 'Renew all tokens, not only those that expire soon',
    },
  ],
  load: async () => (await import('./run-services-link.js')).runServicesLinkRotate,
});
