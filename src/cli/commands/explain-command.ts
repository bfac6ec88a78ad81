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
      help: 'JSON with username, roles, groups and namespaces, a file with it, or anonymous',
    },
    {
      name: 'action',
      value: 'ACTION',
      multiple: true,
      required: true,
      help: 'An action or an alias such as READ; repeat it for actions that are asked for together',
    },
    {
      name: 'resource',
      value: 'TYPE:NAME',
      required: true,
      help: 'The resource, for example FeatureView:driver_stats',
    },
    {
      name: 'registered-only',
      help: 'End with code 2 if the registry does not have the resource',
    },
    {
      ...COMPARE,
      help: "Say what Feast's own servers answer where that is the same, too (default: where it differs)",
    },
    ...LIST_OPTIONS,
  ],
  exitCodes: {
    0: 'allowed',
    1: 'refused',
    2: 'the command line or the feature store cannot be understood, or --registered-only fails',
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
