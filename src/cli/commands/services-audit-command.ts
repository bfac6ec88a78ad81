import { ALL, type Command, type OptionSpec, SHOW_OPTIONS } from '../command.js';
import { FAIL_ON } from '../fail-on.js';

const NEED: OptionSpec = {
  name: 'need',
  value: 'NEED',
  choices: ['publish', 'lookup'],
  help: 'What the policies of AWS among the files are for, together: publish or lookup',
};
const TABLE: OptionSpec = {
  name: 'table',
  value: 'ARN',
  multiple: true,
  help: 'Table of DynamoDB that they are for; with --need, once or more',
};
const INDEX: OptionSpec = {
  name: 'index',
  value: 'NAME',
  multiple: true,
  help: 'Secondary index that each table has and that is queried; with --need',
};

const PRINCIPAL: OptionSpec = {
  name: 'principal',
  value: 'NAME',
  help: 'User, group or role whose policies they are: its ARN or name; with --need',
};

/**
 * `services audit`: what services may do in a workspace that they need not, and where their secrets
 * lie open.
 */
export const servicesAuditCommand: Command = {
  name: 'services audit',
  summary: 'Find tokens, secrets and permissions of services that are more open than they need be',
  usage: '[OPTIONS] FILE...',
  manyPaths: true,
  options: [NEED, TABLE, INDEX, PRINCIPAL, ALL, FAIL_ON, ...SHOW_OPTIONS],
  exitCodes: {
    0: 'no finding of the level of --fail-on or above',
    1: 'at least one such finding',
    2: 'the command line or a file cannot be understood',
  },
  notes: [
    'FILE is JSON: `terraform show -json` of a state or a plan; an answer of the Databricks API, or what its command line',
    'prints with `-o json` (permissions, secret ACLs, grants, tokens, …); the specification of online stores; or a policy of',
    'AWS, an array of policies, or a template of CloudFormation. The specification and templates may be YAML. `-` is',
    'standard input. All files are taken together.',
    'Policies are held against the actions of --need on the tables; without it, one that stands beside the ARN of an',
    'instance profile is held against the online stores in DynamoDB that name this profile.',
  ],
  load: async () => (await import('./run-services-audit.js')).runServicesAudit,
};
