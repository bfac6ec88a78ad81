import type { Command, OptionSpec } from '../command.js';
import { CHANGE_OPTIONS, FILE_USAGE, SHOW_OPTIONS } from '../services-options.js';

const STATE: OptionSpec = {
  name: 'state',
  value: 'FILE',
  multiple: true,
  help: 'Look at `terraform show -json` in place of the workspaces; may be given several times',
};

const FORCE: OptionSpec = {
  name: 'force',
  help: 'Make new tokens also where the old ones do not end soon',
};

const NOTES: readonly string[] = [
  'FILE is YAML: `dev`, `staging` and `prod` (`host`, `credentials`), and the inputs of the Terraform module by their names.',
  'Secrets are `${NAME}`: variables of the environment.',
];

const FAILED = 'the command line or the file cannot be understood, or a workspace cannot be asked';

/** `services link plan`: what links between model registries lack. */
export const servicesLinkPlanCommand: Command = {
  name: 'services link plan',
  summary: 'Show what links between the model registries of workspaces lack',
  usage: FILE_USAGE,
  manyPaths: true,
  options: SHOW_OPTIONS,
  exitCodes: {
    0: 'nothing to change and nothing found',
    1: 'something to change, or a finding',
    2: FAILED,
  },
  notes: NOTES,
  async run(args, io) {
    const { runServicesLinkPlan } = await import('./run-services-link.js');
    return runServicesLinkPlan(args, io);
  },
};

/** `services link apply`: puts links in place, or goes on where a run broke off. */
export const servicesLinkApplyCommand: Command = {
  name: 'services link apply',
  summary: 'Link the model registries of workspaces',
  usage: FILE_USAGE,
  manyPaths: true,
  options: CHANGE_OPTIONS,
  exitCodes: {
    0: 'all is as the file says',
    1: 'a finding that is left to people, or changes that were not wanted',
    2: FAILED,
  },
  notes: NOTES,
  async run(args, io) {
    const { runServicesLinkApply } = await import('./run-services-link.js');
    return runServicesLinkApply(args, io);
  },
};

/** `services link verify`: where workspaces, or a state of Terraform, differ from the file. */
export const servicesLinkVerifyCommand: Command = {
  name: 'services link verify',
  summary: 'Find where links between model registries differ from a file',
  usage: FILE_USAGE,
  manyPaths: true,
  options: [STATE, ...SHOW_OPTIONS],
  exitCodes: { 0: 'all is as the file says', 1: 'at least one difference', 2: FAILED },
  notes: NOTES,
  async run(args, io) {
    const { runServicesLinkVerify } = await import('./run-services-link.js');
    return runServicesLinkVerify(args, io);
  },
};

/** `services link rotate`: new tokens for those that end soon. */
export const servicesLinkRotateCommand: Command = {
  name: 'services link rotate',
  summary: 'Renew the tokens of links between model registries',
  usage: FILE_USAGE,
  manyPaths: true,
  options: [FORCE, ...CHANGE_OPTIONS],
  exitCodes: {
    0: 'no token ends soon',
    1: 'a finding that is left to people, or a renewal that was not wanted',
    2: FAILED,
  },
  notes: NOTES,
  async run(args, io) {
    const { runServicesLinkRotate } = await import('./run-services-link.js');
    return runServicesLinkRotate(args, io);
  },
};
