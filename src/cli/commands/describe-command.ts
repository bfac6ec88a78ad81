import { type Command, LIST_OPTIONS, PATH_NOTE } from '../command.js';

/** `describe`: a permission or a resource, with all that is known of it. */
export const describeCommand: Command = {
  name: 'describe',
  summary: 'Describe a permission, or a resource and who may do what to it',
  usage: 'NAME [OPTIONS] [PATH]',
  operands: ['NAME'],
  options: LIST_OPTIONS,
  exitCodes: {
    0: 'the permission or resource was described',
    2: 'unknown name, invalid command line or unreadable feature store',
  },
  notes: [
    'NAME is the name of a permission or a registered resource, or TYPE:NAME of any resource.',
    PATH_NOTE,
    '',
    'Examples:',
    '  feast-permissions describe online-serving',
    '  feast-permissions describe FeatureView:driver_stats',
  ],
  load: async () => (await import('./run-describe.js')).runDescribe,
};
