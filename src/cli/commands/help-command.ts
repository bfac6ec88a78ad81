import { type Command, SHOW_OPTIONS } from '../command.js';

/** `help`: a command, or the rule of a finding. This is the way to the latter. */
export const helpCommand: Command = {
  name: 'help',
  summary: 'Explain a command, or a rule of an audit',
  usage: 'COMMAND | RULE [OPTIONS]',
  operands: ['COMMAND or RULE'],
  noPath: true,
  options: SHOW_OPTIONS,
  exitCodes: {
    0: 'the command or rule was explained',
    2: 'unknown command or rule',
  },
  notes: ['Example:', '  feast-permissions help unsecured-resource'],
  load: async () => (await import('./run-help.js')).runHelp,
};
