import type { OptionSpec } from './command.js';

/** Every form of an audit's report. */
export const REPORT_FORMATS = [
  'table',
  'json',
  'markdown',
  'sarif',
  'github',
  'gitlab',
  'junit',
  'baseline',
] as const;
/** One HTML page. Only `audit` has it: it shows who may do what to each resource. */
export const PAGE_FORMAT = 'html';
export type ReportFormat = (typeof REPORT_FORMATS)[number] | typeof PAGE_FORMAT;

const FORMAT: OptionSpec = {
  name: 'format',
  value: 'FORMAT',
  choices: REPORT_FORMATS,
  help: `How to write the report: table (default), ${REPORT_FORMATS.slice(1).join(', ')}`,
};

/** The same for audits that have resources to show on a page. */
const FORMAT_OR_PAGE: OptionSpec = {
  ...FORMAT,
  choices: [...REPORT_FORMATS, PAGE_FORMAT],
  help: `${FORMAT.help}, ${PAGE_FORMAT}`,
};

const OUT: OptionSpec = {
  name: 'out',
  value: 'FILE',
  help: 'Write the report to FILE (default: standard output)',
};

const REPORT: OptionSpec = {
  name: 'report',
  value: 'FORMAT=FILE',
  multiple: true,
  help: 'Write a further report to FILE; repeat it for several',
};

const EXCEPTIONS: OptionSpec = {
  name: 'exceptions',
  value: 'FILE',
  help: 'Accept the findings that FILE names, each with a reason',
};

const BASELINE: OptionSpec = {
  name: 'baseline',
  value: 'FILE',
  help: 'Leave out the findings of FILE, which --format baseline writes',
};

/** The options of commands that report findings. */
export const REPORT_OPTIONS: readonly OptionSpec[] = [EXCEPTIONS, BASELINE, FORMAT, OUT, REPORT];

/** The same, with the page. */
export const PAGE_OPTIONS: readonly OptionSpec[] = [
  EXCEPTIONS,
  BASELINE,
  FORMAT_OR_PAGE,
  OUT,
  REPORT,
];
