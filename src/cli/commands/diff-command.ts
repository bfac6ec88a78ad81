import { type Command, LIST_OPTIONS } from '../command.js';

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
      help: 'When to exit with code 1: widened (if access was gained or may have been), changed (on any change) or never (default)',
    },
    { name: 'registered-only', help: 'Compare registered resources only' },
    {
      name: 'max-states',
      value: 'N',
      help: 'Maximum number of automaton states per search for an unregistered name (default: 20000)',
    },
    ...LIST_OPTIONS,
  ],
  exitCodes: {
    0: 'the difference was written, and --fail-on does not apply to it',
    1: '--fail-on applies',
    2: 'invalid command line, or unreadable OLD or NEW',
  },
  notes: [
    'OLD and NEW are each a feature_store.yaml or the folder of one, a permission file, a registry file, or REVISION:FILE for a permission file or registry file in a git revision, for example main:permissions.yaml. FILE is relative to the top folder of the repository; ./FILE is relative to the current folder.',
    '',
    'A permission file has no resources: it is compared on those of the other side.',
    '',
    'Example:',
    '  feast-permissions diff main:permissions.yaml permissions.yaml --fail-on widened',
  ],
  load: async () => (await import('./run-diff.js')).runDiff,
};
