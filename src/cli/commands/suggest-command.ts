import { type Command, LIST_OPTIONS, PATH_NOTE } from '../command.js';

/** `suggest`: what a decision log says about the permissions. */
export const suggestCommand: Command = {
  name: 'suggest',
  summary:
    'List grants that a decision log does not show in use, and unsecured resources that it does',
  usage: 'LOG [OPTIONS] [PATH]',
  operands: ['LOG'],
  options: LIST_OPTIONS,
  exitCodes: {
    0: 'every line of the log was understood',
    1: 'some lines were not understood; the others are counted',
    2: 'invalid command line, unreadable log or unreadable feature store',
  },
  notes: [
    'LOG is a file of records that createDecisionLog wrote, one JSON object per line; `-` reads standard input. A longer period gives a surer answer: a grant that is used once a year is unused for most of it.',
    PATH_NOTE,
    '',
    'Example:',
    '  feast-permissions suggest decisions.jsonl feature_repo',
  ],
  load: async () => (await import('./run-suggest.js')).runSuggest,
};
