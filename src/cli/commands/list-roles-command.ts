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
      help: 'Also list what each one alone allows on registered resources',
    },
    ...LIST_OPTIONS,
  ],
  exitCodes: {
    0: 'the roles, groups and namespaces were listed',
    2: 'invalid command line or unreadable feature store',
  },
  notes: [PATH_NOTE],
  load: async () => (await import('./run-list-roles.js')).runListRoles,
};
