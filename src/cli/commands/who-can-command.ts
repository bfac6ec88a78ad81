import { type Command, PAGED_OPTIONS, PATH_NOTE } from '../command.js';

/** `who-can`: the roles, groups and namespaces that allow something. */
export const whoCanCommand: Command = {
  name: 'who-can',
  summary: 'List the roles, groups and namespaces that may do something to a resource',
  usage: 'ACTION TYPE:NAME [OPTIONS] [PATH]',
  operands: ['ACTION', 'TYPE:NAME'],
  options: PAGED_OPTIONS,
  exitCodes: {
    0: 'at least one user is allowed',
    1: 'everyone is refused',
    2: 'invalid command line or unreadable feature store',
  },
  notes: [
    'ACTION is an action, an alias such as READ, or a comma-separated list. One permission must hold all listed actions.',
    PATH_NOTE,
    '',
    'Example:',
    '  feast-permissions who-can WRITE_ONLINE FeatureView:driver_stats',
  ],
  load: async () => (await import('./run-who-can.js')).runWhoCan,
};
