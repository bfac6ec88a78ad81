import { ALL, type Command, FORMAT, HELP, NO_COLOR, PROJECT } from '../command.js';

/** `test`: policy tests as data. */
export const testCommand: Command = {
  name: 'test',
  summary: 'Run files of policy tests, and say which permissions they leave untested',
  usage: '[OPTIONS] [FILE...]',
  manyPaths: true,
  defaultPath: 'permissions.test.yaml',
  options: [
    {
      name: 'store',
      value: 'PATH',
      help: 'What is tested: a feature store, a registry file or a permission file (default: `store` of the test file, otherwise its folder)',
    },
    {
      name: 'mutate',
      help: 'Change each permission in turn, and list the changes that no case notices',
    },
    ALL,
    {
      ...FORMAT,
      choices: ['table', 'json', 'junit'],
      help: 'How to write the result: table (default), json or junit',
    },
    PROJECT,
    NO_COLOR,
    HELP,
  ],
  exitCodes: {
    0: 'every case passed',
    1: 'a case failed, or could not be asked',
    2: 'the command line, a test file or a store cannot be understood',
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
