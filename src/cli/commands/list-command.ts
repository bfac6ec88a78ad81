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
    help: 'List permissions with this name; may be a glob such as "risk-*" (repeatable)',
  },
  {
    name: 'type',
    value: 'TYPE',
    multiple: true,
    help: 'List permissions for resources of this type or a sub-type (repeatable)',
  },
  {
    name: 'tag',
    value: 'KEY:VALUE',
    multiple: true,
    help: 'List permissions that carry this tag; repeat it to require several tags',
  },
  ...PRINCIPAL_KINDS.map((name) => ({
    name,
    value: 'NAME',
    multiple: true,
    help: `List permissions whose policy names this ${name} (repeatable)`,
  })),
];

/** `list`: the permissions of a registry, with all their fields. */
export const listCommand: Command = {
  name: 'list',
  summary: 'List the permissions with all their fields',
  usage: '[OPTIONS] [PATH]',
  options: [
    {
      name: 'verbose',
      short: 'v',
      help: 'Also list the resources that each permission covers',
    },
    ...FILTERS,
    ...LIST_OPTIONS,
  ],
  exitCodes: {
    0: 'the permissions were listed',
    2: 'invalid command line or unreadable feature store',
  },
  notes: [
    PATH_NOTE,
    '',
    'A permission is listed if it passes all filters. --role, --group and --namespace together are one filter: one match is enough.',
    '',
    'Example:',
    '  feast-permissions list --type FeatureView --tag owner:platform',
  ],
  load: async () => (await import('./run-list.js')).runList,
};
