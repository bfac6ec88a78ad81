import type { Command } from '../command.js';
import { type WorkspacesCommands, workspacesCommand } from '../services-options.js';

const LINK: WorkspacesCommands = {
  group: 'services link',
  notes: [
    'FILE is YAML: `dev`, `staging` and `prod` (`host`, `credentials`), and the inputs of the Terraform module by their names.',
    'Secrets are `${NAME}`: variables of the environment.',
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
      help: 'Look at `terraform show -json` in place of the workspaces; may be given several times',
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
      help: 'Make new tokens also where the old ones do not end soon',
    },
  ],
  load: async () => (await import('./run-services-link.js')).runServicesLinkRotate,
});
