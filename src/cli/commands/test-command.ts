import { ALL, type Command, FORMAT, HELP, NO_COLOR, PROJECT } from '../command.js';

/** `test`: policy tests as data. */
export const testCommand: Command = {
  name: 'test',
  summary: 'Run files of policy tests, and report permissions that they leave untested',
  usage: '[OPTIONS] [FILE...]',
  manyPaths: true,
  defaultPath: 'permissions.test.yaml',
  options: [
    {
      name: 'store',
      value: 'PATH',
      help: 'Feature store, registry file or permission file to test (default: `store` in the test file, otherwise its folder)',
    },
    {
      name: 'mutate',
      help: 'Change each permission in turn, and list the changes that every case misses',
    },
    ALL,
    {
      ...FORMAT,
      choices: ['table', 'json', 'junit'],
      help: 'Output format: table (default), json or junit',
    },
    PROJECT,
    NO_COLOR,
    HELP,
  ],
  exitCodes: {
    0: 'every case passed',
    1: 'a case failed or could not be evaluated',
    2: 'invalid command line or test file, or unreadable store',
  },
  notes: [
    'FILE is a file of policy tests (default: permissions.test.yaml):',
    '  users:',
    '    ann: { roles: [risk-analyst] }',
    '  cases:',
    '    - user: [ann, anonymous]',
    '      action: [DESCRIBE, READ]',
    '      resource: FeatureView:salaries',
    '      expect: refused',
  ],
  load: async () => (await import('./run-test.js')).runTest,
};
