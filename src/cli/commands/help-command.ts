import { type Command, SHOW_OPTIONS } from '../command.js';

/** `help`: a command, or the rule of a finding. This is the way to the latter. */
export const helpCommand: Command = {
  name: 'help',
  summary: 'Explain a command, or the rule of a finding of an audit',
  usage: 'COMMAND | RULE [OPTIONS]',
  operands: ['COMMAND or RULE'],
  noPath: true,
  options: SHOW_OPTIONS,
  exitCodes: {
    0: 'it was explained',
    2: 'the command or the rule is unknown',
  },
  notes: ['Example:', '  feast-permissions help unsecured-resource'],
  load: async () => (await import('./run-help.js')).runHelp,
};
