import { ALL, type Command, HELP, NO_COLOR, type OptionSpec } from '../command.js';
import { FAIL_ON } from '../fail-on.js';
import { REPORT_OPTIONS } from '../report-options.js';

const NEED: OptionSpec = {
  name: 'need',
  value: 'NEED',
  choices: ['publish', 'lookup'],
  help: 'What the AWS policies in the files must allow together: publish or lookup',
};
const TABLE: OptionSpec = {
  name: 'table',
  value: 'ARN',
  multiple: true,
  help: 'DynamoDB table that they must allow it on; required with --need (repeatable)',
};
const INDEX: OptionSpec = {
  name: 'index',
  value: 'NAME',
  multiple: true,
  help: 'Secondary index of each table that is queried; with --need (repeatable)',
};

const PRINCIPAL: OptionSpec = {
  name: 'principal',
  value: 'NAME',
  help: 'ARN or name of the user, group or role whose policies are checked; with --need',
};

/**
 * `services audit`: what services may do in a workspace that they need not, and where their secrets
 * lie open.
 */
export const servicesAuditCommand: Command = {
  name: 'services audit',
  summary: 'Report tokens, secrets and permissions of services that are more open than needed',
  usage: '[OPTIONS] FILE...',
  manyPaths: true,
  options: [NEED, TABLE, INDEX, PRINCIPAL, ALL, FAIL_ON, ...REPORT_OPTIONS, NO_COLOR, HELP],
  exitCodes: {
    0: 'no finding of the level of --fail-on or above',
    1: 'at least one such finding',
    2: 'invalid command line or unreadable file',
  },
  notes: [
    'FILE is JSON: `terraform show -json` of a state or a plan; an answer of the Databricks API or output of its command line',
    'with `-o json` (permissions, secret ACLs, grants, tokens, …); the specification of online stores; or an AWS policy,',
    'an array of policies, or a CloudFormation template. The specification and templates may be YAML. `-` is',
    'standard input. All files are audited together.',
    'With --need, policies are compared with its actions on the tables. Without it, a policy that is listed beside the',
    'ARN of an instance profile is compared with the DynamoDB online stores that name this profile.',
  ],
  load: async () => (await import('./run-services-audit.js')).runServicesAudit,
};
