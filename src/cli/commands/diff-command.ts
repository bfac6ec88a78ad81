import { ALL, type Command, FORMAT, HELP, NO_COLOR, PROJECT, PYTHON } from '../command.js';

/** `diff`: what a change of permissions opens and closes. */
export const diffCommand: Command = {
  name: 'diff',
  summary: 'Show who gained and lost what between two stores, permission files or git revisions',
  usage: 'OLD NEW [OPTIONS]',
  operands: ['OLD', 'NEW'],
  noPath: true,
  options: [
    {
      name: 'fail-on',
      value: 'WHAT',
      choices: ['widened', 'changed', 'never'],
      help: 'When to end with code 1: if something was gained or may have been (widened), on any change (changed), or never (default)',
    },
    { name: 'registered-only', help: 'Leave out names that neither version has registered' },
    {
      name: 'max-states',
      value: 'N',
      help: 'Maximum number of states of one search for a name (default: 20000)',
    },
    ALL,
    FORMAT,
    PROJECT,
    PYTHON,
    NO_COLOR,
    HELP,
  ],
  exitCodes: {
    0: 'the difference was written, and --fail-on does not apply to it',
    1: '--fail-on applies',
    2: 'the command line or a version cannot be understood',
  },
  notes: [
    'OLD and NEW are each a folder with a feature_store.yaml, such a file, a permission file, a registry file, or REVISION:FILE for a permission file or a registry file of a git revision, for example main:permissions.yaml. FILE starts from the top folder of the repository; ./FILE starts from the current one.',
    '',
    'A permission file is compared on the resources of the other side.',
    '',
    'Example:',
    '  feast-permissions diff main:permissions.yaml permissions.yaml --fail-on widened',
  ],
  load: async () => (await import('./run-diff.js')).runDiff,
};
