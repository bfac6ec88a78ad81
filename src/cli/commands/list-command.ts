import { ALL, type Command, FORMAT, HELP, NO_COLOR, PATH_NOTE, PROJECT } from '../command.js';

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
    ALL,
    FORMAT,
    PROJECT,
    NO_COLOR,
    HELP,
  ],
  exitCodes: {
    0: 'the permissions were listed',
    2: 'the command line or the feature store cannot be understood',
  },
  notes: [PATH_NOTE],
  async run(args, io) {
    const { runList } = await import('./run-list.js');
    return runList(args, io);
  },
};
