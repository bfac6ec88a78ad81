import { type Command, PAGED_OPTIONS, PATH_NOTE, TYPE } from '../command.js';

/** `matrix`: roles, groups and namespaces by resources by actions. */
export const matrixCommand: Command = {
  name: 'matrix',
  summary: 'Show what each role, group and namespace alone may do to each resource',
  usage: '[OPTIONS] [PATH]',
  options: [TYPE, ...PAGED_OPTIONS],
  exitCodes: {
    0: 'the matrix was written',
    2: 'invalid command line or unreadable feature store',
  },
  notes: [PATH_NOTE],
  load: async () => (await import('./run-matrix.js')).runMatrix,
};
