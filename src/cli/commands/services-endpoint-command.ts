import type { Command, OptionSpec } from '../command.js';
import { CHANGE_OPTIONS, FILE_USAGE, SHOW_OPTIONS } from '../services-options.js';

const TOKEN_FILE: OptionSpec = {
  name: 'token-file',
  value: 'FILE',
  help: "Make the token of FILE's `token`, and write it to a new file that only you can read",
};

const NOTES: readonly string[] = [
  'FILE is YAML: `workspace` (`host`, `credentials`), `endpoints`, `service_principals` (application ids), `level`, and a',
  'short-lived `token` where one is needed. Secrets are `${NAME}`: variables of the environment.',
];

/** `services endpoint plan`: what service principals lack to query endpoints. */
export const servicesEndpointPlanCommand: Command = {
  name: 'services endpoint plan',
  summary: 'Show which service principals lack access to serving endpoints',
  usage: FILE_USAGE,
  manyPaths: true,
  options: SHOW_OPTIONS,
  exitCodes: {
    0: 'nothing to change and nothing found',
    1: 'something to change, or a finding',
    2: 'the command line or the file cannot be understood, or the workspace cannot be asked',
  },
  notes: NOTES,
  async run(args, io) {
    const { runServicesEndpointPlan } = await import('./run-services-endpoint.js');
    return runServicesEndpointPlan(args, io);
  },
};

/** `services endpoint apply`: grants what is missing, and nothing else. */
export const servicesEndpointApplyCommand: Command = {
  name: 'services endpoint apply',
  summary: 'Let service principals query serving endpoints',
  usage: FILE_USAGE,
  manyPaths: true,
  options: [TOKEN_FILE, ...CHANGE_OPTIONS],
  exitCodes: {
    0: 'all is as the file says',
    1: 'a finding that is left to people, or changes that were not wanted',
    2: 'the command line or the file cannot be understood, or the workspace cannot be asked',
  },
  notes: NOTES,
  async run(args, io) {
    const { runServicesEndpointApply } = await import('./run-services-endpoint.js');
    return runServicesEndpointApply(args, io);
  },
};

/** `services endpoint verify`: where a workspace differs from the file. */
export const servicesEndpointVerifyCommand: Command = {
  name: 'services endpoint verify',
  summary: 'Find where access to serving endpoints differs from a file',
  usage: FILE_USAGE,
  manyPaths: true,
  options: SHOW_OPTIONS,
  exitCodes: {
    0: 'all is as the file says',
    1: 'at least one difference',
    2: 'the command line or the file cannot be understood, or the workspace cannot be asked',
  },
  notes: NOTES,
  async run(args, io) {
    const { runServicesEndpointVerify } = await import('./run-services-endpoint.js');
    return runServicesEndpointVerify(args, io);
  },
};
