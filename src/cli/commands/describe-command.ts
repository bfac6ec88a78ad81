import { type Command, LIST_OPTIONS, PATH_NOTE } from '../command.js';

/** `describe`: a permission or a resource, with all that is known of it. */
export const describeCommand: Command = {
  name: 'describe',
  summary: 'Describe a permission, or a resource with who may do what to it',
  usage: 'NAME [OPTIONS] [PATH]',
  operands: ['NAME'],
  options: LIST_OPTIONS,
  exitCodes: {
    0: 'it was described',
    2: 'nothing has the name, or the command line or the feature store cannot be understood',
  },
  notes: [
    'NAME is the name of permissions and registered resources, or TYPE:NAME of a resource, which may be unregistered.',
    PATH_NOTE,
    '',
    'Examples:',
    '  feast-permissions describe online-serving',
    '  feast-permissions describe FeatureView:driver_stats',
  ],
  load: async () => (await import('./run-describe.js')).runDescribe,
};
