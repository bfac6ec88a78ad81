import { COMPARE, type Command, FORMAT, PATH_NOTE, STORE_OPTIONS } from '../command.js';

/** `decide`: an answer for each line of standard input. */
export const decideCommand: Command = {
  name: 'decide',
  summary: 'Answer requests from standard input, one JSON object per line',
  usage: '[OPTIONS] [PATH] < requests.jsonl',
  options: [
    { ...FORMAT, help: 'Output format: json (default), one object per line, or table' },
    COMPARE,
    ...STORE_OPTIONS,
  ],
  exitCodes: {
    0: 'every request was answered: allowed or refused',
    2: 'invalid request, invalid command line or unreadable feature store',
  },
  notes: [
    PATH_NOTE,
    '',
    'A request, on one line:',
    '  {"id": "a", "user": {"username": "ann", "roles": ["admin"]},',
    '   "actions": ["READ_ONLINE"], "resource": "FeatureView:driver_stats"}',
    'Its answer:',
    '  {"line": 1, "id": "a", "allowed": true, "reason": "granted",',
    '   "permissions": ["online-serving"]}',
    '',
    '`user` is null for the anonymous user. `resource` can be an object with `type`,',
    '`name`, `project` and `tags`; the tags of a registered resource are those of the',
    'registry. A line that cannot be understood is answered with',
    '{"line": 2, "error": {"message": "..."}}.',
  ],
  load: async () => (await import('./run-decide.js')).runDecide,
};
