import { type Command, PAGED_OPTIONS, PATH_NOTE } from '../command.js';

/** `who-can`: the roles, groups and namespaces that allow something. */
export const whoCanCommand: Command = {
  name: 'who-can',
  summary: 'List the roles, groups and namespaces that are enough to do something to a resource',
  usage: 'ACTION TYPE:NAME [OPTIONS] [PATH]',
  operands: ['ACTION', 'TYPE:NAME'],
  options: PAGED_OPTIONS,
  exitCodes: {
    0: 'somebody is allowed',
    1: 'everyone is refused',
    2: 'the command line or the feature store cannot be understood',
  },
  notes: [
    'ACTION is an action, an alias such as READ, or several with commas between them, which are asked for together.',
    PATH_NOTE,
    '',
    'Example:',
    '  feast-permissions who-can WRITE_ONLINE FeatureView:driver_stats',
  ],
  load: async () => (await import('./run-who-can.js')).runWhoCan,
};
