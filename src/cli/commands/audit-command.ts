import { ALL, type Command, HELP, NO_COLOR, PATH_NOTE, PROJECT, PYTHON } from '../command.js';
import { FAIL_ON } from '../fail-on.js';
import { PAGE_OPTIONS } from '../report-options.js';

/** `audit`: what is not protected, what is open, and what permissions say in vain. */
export const auditCommand: Command = {
  name: 'audit',
  summary:
    'Report unprotected resources, permissions open to everyone, and permissions that have no effect',
  usage: '[OPTIONS] [PATH]',
  options: [ALL, FAIL_ON, ...PAGE_OPTIONS, PROJECT, PYTHON, NO_COLOR, HELP],
  exitCodes: {
    0: 'no finding of the level of --fail-on or above',
    1: 'at least one such finding',
    2: 'invalid command line or unreadable feature store',
  },
  notes: [PATH_NOTE, '', '`feast-permissions help RULE` explains the rule of a finding.'],
  load: async () => (await import('./run-audit.js')).runAudit,
};
