import { type Command, PAGED_OPTIONS, PATH_NOTE, PRINCIPAL_KINDS, TYPE } from '../command.js';

/** `can-what`: everything that a user may do, or that a role, group or namespace allows. */
export const canWhatCommand: Command = {
  name: 'can-what',
  summary: 'List everything that a user, or a role, group or namespace alone, may do',
  usage: '(--user USER | --role NAME | --group NAME | --namespace NAME) [OPTIONS] [PATH]',
  options: [
    {
      name: 'user',
      value: 'USER',
      help: 'A JSON object with username, roles, groups and namespaces; a file that contains one; or anonymous',
    },
    ...PRINCIPAL_KINDS.map((name) => ({
      name,
      value: 'NAME',
      help: `Ask for a named user who has this ${name} and nothing else`,
    })),
    {
      name: 'action',
      value: 'ACTION',
      multiple: true,
      help: 'An action or an alias; repeat it to require several together (default: each action alone)',
    },
    TYPE,
    ...PAGED_OPTIONS,
  ],
  exitCodes: {
    0: 'at least one action is allowed',
    1: 'everything is refused',
    2: 'invalid command line or unreadable feature store',
  },
  notes: [
    PATH_NOTE,
    '',
    'Example:',
    '  feast-permissions can-what --role data-scientist --type FeatureView',
  ],
  load: async () => (await import('./run-can-what.js')).runCanWhat,
};
