import { type Command, LIST_OPTIONS, PATH_NOTE } from '../command.js';

/** `list`: the permissions of a registry, with all their fields. */
export const listCommand: Command = {
  name: 'list',
  summary: 'List the permissions with all their fields, whatever the kind of their policy',
  usage: '[OPTIONS] [PATH]',
  options: [
    {
      name: 'verbose',
      short: 'v',
      help: 'List the resources that each permission covers as well',
    },
    ...LIST_OPTIONS,
  ],
  exitCodes: {
    0: 'the permissions were listed',
    2: 'the command line or the feature store cannot be understood',
  },
  notes: [PATH_NOTE],
  load: async () => (await import('./run-list.js')).runList,
};
