import { shorten } from '../foundation/long-list.js';
import { count } from '../foundation/names.js';
import { renderRecords } from '../foundation/terminal/render-records.js';
import { neutralize } from '../foundation/terminal/terminal-text.js';
import type { TextLayout } from '../foundation/terminal/text-style.js';
import type {
  PermissionTestCoverage,
  PolicyMutationReport,
  PolicyTestReport,
} from '../testing/index.js';
import { remainder } from './access-text.js';

/** A file of policy tests with what became of it. */
export interface TestedFile {
  readonly file: string;
  /** What was tested. */
  readonly store: string;
  readonly report: PolicyTestReport;
  /** Null: mutants were not asked for. */
  readonly mutation: PolicyMutationReport | null;
}

/** The results of policy tests for people. Lines without line ends. */
export function testText(files: readonly TestedFile[], layout: TextLayout): readonly string[] {
  return files.flatMap((one, index) => [
    ...(index === 0 ? [] : ['']),
    ...headline(one, layout),
    ...failures(one.report, layout),
    ...coverageLines(one.report, layout),
    ...(one.mutation === null ? [] : mutationLines(one.mutation, layout)),
  ]);
}

function headline({ file, store, report }: TestedFile, layout: TextLayout): readonly string[] {
  const { passed, failed, errors } = report;
  const isGood = failed + errors === 0;
  const parts = [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(errors > 0 ? [count(errors, 'error')] : []),
  ];
  const verdict = layout.style(isGood ? 'green' : 'red', parts.join(', '));
  return [`${neutralize(file)} on ${neutralize(store)}: ${verdict}`];
}

function failures({ results }: PolicyTestReport, layout: TextLayout): readonly string[] {
  const bad = results.filter(({ outcome }) => outcome !== 'passed');
  const { shown } = shorten(bad, layout);
  const lines = shown.flatMap(({ case: one, message }) => [
    '',
    neutralize(`case ${one.number}${one.name === null ? '' : ` (${one.name})`}: ${one.title}`),
    ...message.split('\n').map((line) => `  ${neutralize(line)}`),
  ]);
  return [...lines, ...remainder(shown.length, bad.length, null, 'case')];
}

function coverageLines({ coverage }: PolicyTestReport, layout: TextLayout): readonly string[] {
  const { total, covered, permissions } = coverage;
  const share = total === 0 ? 100 : Math.floor((100 * covered) / total);
  const rows = permissions.flatMap((one) => {
    const untested = untestedOf(one);
    return untested.length === 0 ? [] : [[one.name, { flow: untested }]];
  });
  const { shown } = shorten(rows, layout);
  return [
    '',
    `coverage: ${share} % (${covered} of ${total} permissions and parts of them decided a case)`,
    ...(shown.length === 0 ? [] : renderRecords(['PERMISSION', 'DECIDED NO CASE'], shown, layout)),
    ...remainder(shown.length, rows.length, null, 'permission'),
  ];
}

function untestedOf(one: PermissionTestCoverage): readonly string[] {
  if (one.cases === 0) return ['the whole permission'];
  const idle = (
    what: string,
    parts: readonly { readonly part: string; readonly cases: number }[],
  ): readonly string[] =>
    parts.filter(({ cases }) => cases === 0).map(({ part }) => `${what} ${part}`);
  return [
    ...idle('pattern', one.namePatterns),
    ...idle('tag', one.requiredTags),
    ...idle('action', one.actions),
  ];
}

function mutationLines(
  { mutants, noticed, unnoticed }: PolicyMutationReport,
  layout: TextLayout,
): readonly string[] {
  const { shown } = shorten(unnoticed, layout);
  const rows = shown.map(({ permission, mutation }) => [permission.name, mutation]);
  return [
    '',
    `mutants: ${noticed} of ${mutants} noticed`,
    ...(rows.length === 0 ? [] : renderRecords(['PERMISSION', 'NO CASE NOTICES'], rows, layout)),
    ...remainder(shown.length, unnoticed.length, null, 'mutant'),
  ];
}
