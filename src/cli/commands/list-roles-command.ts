import { type Command, LIST_OPTIONS, PATH_NOTE } from '../command.js';

/** `list-roles`: the roles, groups and namespaces that policies name. */
export const listRolesCommand: Command = {
  name: 'list-roles',
  summary: 'List the roles, groups and namespaces that policies name',
  usage: '[OPTIONS] [PATH]',
  options: [
    {
      name: 'verbose',
      short: 'v',
      help: 'List what each one alone allows on registered resources as well',
    },
    ...LIST_OPTIONS,
  ],
  exitCodes: {
    0: 'they were listed',
    2: 'the command line or the feature store cannot be understood',
  },
  notes: [PATH_NOTE],
  load: async () => (await import('./run-list-roles.js')).runListRoles,
};
