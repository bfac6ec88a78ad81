import type { PolicyCaseResult, PolicyTestReport } from './run-policy-tests.js';

/** One file of policy tests with what became of it. */
export interface JunitSuite {
  readonly name: string;
  readonly report: Pick<PolicyTestReport, 'results'>;
}

/**
 * Reports of policy tests as JUnit XML, which build servers read. Each case is a `testcase`, with
 * one `failure` or `error` if it did not pass. Characters that XML 1.0 does not have become U+FFFD.
 *
 * @source the format of Apache Ant's JUnit report, as build servers read it
 * @example
 * reportJunit([{ name: 'permissions.test.yaml', report: runPolicyTests(authorizer, tests) }]);
 */
export function reportJunit(suites: readonly JunitSuite[]): string {
  const all = suites.flatMap(({ report }) => report.results);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="feast-permissions"${countsOf(all)}>`,
    ...suites.flatMap(({ name, report }) => [
      `  <testsuite name="${escapeXml(name)}"${countsOf(report.results)}>`,
      ...report.results.flatMap((result) => caseLines(result, name)),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function countsOf(results: readonly PolicyCaseResult[]): string {
  const count = (outcome: PolicyCaseResult['outcome']): number =>
    results.filter((one) => one.outcome === outcome).length;
  return ` tests="${results.length}" failures="${count('failed')}" errors="${count('error')}" skipped="0"`;
}

function caseLines(
  { case: one, outcome, message }: PolicyCaseResult,
  suite: string,
): readonly string[] {
  const classname = one.name === null ? suite : `${suite}: ${one.name}`;
  const start = `    <testcase classname="${escapeXml(classname)}" name="${escapeXml(one.title)}"`;
  if (outcome === 'passed') return [`${start}/>`];
  const tag = outcome === 'failed' ? 'failure' : 'error';
  const [first = ''] = message.split('\n');
  return [
    `${start}>`,
    `      <${tag} message="${escapeXml(first)}">${escapeXml(message)}</${tag}>`,
    '    </testcase>',
  ];
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** @source XML 1.0, 2.2 Characters: what is not one of them has no way to be written */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] as string)
    .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
