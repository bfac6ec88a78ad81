import { COMPARE, type Command, LIST_OPTIONS, PATH_NOTE } from '../command.js';

/** `explain`: one decision, with all that is behind it. */
export const explainCommand: Command = {
  name: 'explain',
  summary: 'Decide whether a user may do something to a resource, and say why',
  usage: '--user USER --action ACTION --resource TYPE:NAME [OPTIONS] [PATH]',
  options: [
    {
      name: 'user',
      value: 'USER',
      required: true,
      help: 'A JSON object with username, roles, groups and namespaces; a file that contains one; or anonymous',
    },
    {
      name: 'action',
      value: 'ACTION',
      multiple: true,
      required: true,
      help: 'An action or an alias such as READ; repeat it to require several together',
    },
    {
      name: 'resource',
      value: 'TYPE:NAME',
      required: true,
      help: 'The resource, for example FeatureView:driver_stats',
    },
    {
      name: 'registered-only',
      help: 'Exit with code 2 if the resource is not registered',
    },
    {
      ...COMPARE,
      help: "feast: always show the answer of Feast's own servers (default: only if it differs)",
    },
    ...LIST_OPTIONS,
  ],
  exitCodes: {
    0: 'allowed',
    1: 'refused',
    2: 'invalid command line, unreadable feature store, or --registered-only and an unregistered resource',
  },
  notes: [
    PATH_NOTE,
    '',
    'Example:',
    '  feast-permissions explain --action READ --resource FeatureView:driver_stats \\',
    '    --user \'{"username": "ann", "roles": ["data-scientist"]}\'',
  ],
  load: async () => (await import('./run-explain.js')).runExplain,
};
