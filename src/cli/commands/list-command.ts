import {
  type Command,
  LIST_OPTIONS,
  type OptionSpec,
  PATH_NOTE,
  PRINCIPAL_KINDS,
} from '../command.js';

/** The options that leave permissions out. */
const FILTERS: readonly OptionSpec[] = [
  {
    name: 'name',
    value: 'NAME',
    multiple: true,
    help: 'List permissions of this name, or that match this glob such as "risk-*"; repeat it for several',
  },
  {
    name: 'type',
    value: 'TYPE',
    multiple: true,
    help: 'List permissions for resources of this type or a sub-type; repeat it for several',
  },
  {
    name: 'tag',
    value: 'KEY:VALUE',
    multiple: true,
    help: 'List permissions that have this tag themselves; repeat it for tags that are all needed',
  },
  ...PRINCIPAL_KINDS.map((name) => ({
    name,
    value: 'NAME',
    multiple: true,
    help: `List permissions whose policy names this ${name}; repeat it for several`,
  })),
];

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
    ...FILTERS,
    ...LIST_OPTIONS,
  ],
  exitCodes: {
    0: 'the permissions were listed',
    2: 'the command line or the feature store cannot be understood',
  },
  notes: [
    PATH_NOTE,
    '',
    'A permission is listed if it passes all filters that are given. --role, --group and --namespace are one filter.',
    '',
    'Example:',
    '  feast-permissions list --type FeatureView --tag owner:platform',
  ],
  load: async () => (await import('./run-list.js')).runList,
};
