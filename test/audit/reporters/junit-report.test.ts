import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { type AuditReport, FINDING_RULES, junitReport } from '../../../src/audit/index.js';
import { contextOf, FINDINGS, join, ODD_FINDINGS, ODD_NAMES, reportOf } from './report-of.js';

/** A strict parser of XML 1.0, as far as it is needed: its own types need a laxer compiler. */
interface XmlParser {
  on(event: 'error', listener: (error: Error) => void): void;
  on(
    event: 'opentag',
    listener: (tag: { name: string; attributes: Record<string, string> }) => void,
  ): void;
  on(event: 'closetag', listener: () => void): void;
  on(event: 'text', listener: (text: string) => void): void;
  write(xml: string): { close(): void };
}
const require = createRequire(import.meta.url);
const { SaxesParser } = require('saxes') as { readonly SaxesParser: new () => XmlParser };

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** Parses XML 1.0 strictly: any error is thrown. */
function parse(xml: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = { name, attributes, children: [], text: '' };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.write(xml).close();
  return root.children[0] as Element;
}

function junit(report: AuditReport): Element {
  const root = parse(join(junitReport(report, contextOf())));
  expect(root.name).toBe('testsuites');
  checkCounts(
    root,
    root.children.flatMap(({ children }) => children),
  );
  for (const suite of root.children) checkCounts(suite, suite.children);
  return root;
}

function checkCounts({ attributes }: Element, cases: readonly Element[]): void {
  const failures = cases.flatMap(({ children }) => children.filter(isFailure));
  expect(attributes).toMatchObject({
    tests: String(cases.length),
    failures: String(failures.length),
    errors: '0',
    skipped: '0',
  });
  for (const one of cases) {
    expect(one.attributes['classname']).toMatch(/^feast-permissions\.[a-z-]+$/);
    expect(one.attributes['name']).not.toBe('');
    expect(one.attributes['time']).toMatch(/^\d+(?:\.\d+)?$/);
    expect(one.children.filter(isFailure).length).toBeLessThan(2);
  }
}

const isFailure = ({ name }: Element): boolean => name === 'failure';

describe('junitReport', () => {
  test('has a suite for each rule, and a case for each finding', () => {
    const { children: suites } = junit(reportOf(FINDINGS));
    expect(suites.map(({ attributes }) => attributes['name'])).toEqual(
      FINDING_RULES.map(({ id }) => id),
    );
    const suite = suites.find(({ attributes }) => attributes['name'] === 'open-write');
    const [only] = suite?.children ?? [];
    expect(only?.attributes['name']).toBe('permission all of project shop');
    expect(only?.children[0]).toMatchObject({
      name: 'failure',
      attributes: { type: 'error', message: FINDINGS[1]?.message },
    });
    expect(only?.children[0]?.text).toContain('Give it a policy that names roles');
  });

  test('fails for findings that fail the audit, and passes with the others', () => {
    const { attributes, children } = junit(reportOf(FINDINGS));
    expect(attributes['failures']).toBe('3');
    const suite = children.find((one) => one.attributes['name'] === 'uncovered-actions');
    expect(suite?.children[0]?.children[0]?.name).toBe('system-out');
  });

  test('without findings has one passing case for each rule', () => {
    const { attributes } = junit(reportOf([]));
    expect(attributes).toMatchObject({ tests: String(FINDING_RULES.length), failures: '0' });
  });

  test('keeps odd names as text, without characters that XML 1.0 lacks', () => {
    const { children } = junit(reportOf(ODD_FINDINGS));
    const suite = children.find((one) => one.attributes['name'] === 'unsecured-resource');
    const names = suite?.children.map(({ attributes }) => attributes['name']);
    expect(names).toHaveLength(ODD_NAMES.length);
    expect(names?.[0]).toBe('Entity <script>alert(1)</script> of project shop');
    expect(names?.[12]).toBe('Entity a\\u0000b\\u0008c\\ud800d\\ufffee of project shop');
    expect(names?.[13]).toBe('Entity line\\u000abreak\\u000d\\u000a\\u0009tab of project shop');
  });
});
