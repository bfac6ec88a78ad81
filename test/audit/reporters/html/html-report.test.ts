import { createHash } from 'node:crypto';
import { Script } from 'node:vm';
import { describe, expect, test } from 'vitest';
import {
  applyExceptions,
  auditSnapshot,
  htmlReport,
  parseExceptions,
} from '../../../../src/audit/index.js';
import { snapshotOf } from '../../audit-of.js';
import { contextOf, join, ODD_NAMES } from '../report-of.js';

type Column = readonly number[];
interface PageData {
  readonly head: { readonly project: string | null; readonly actions: readonly string[] };
  readonly names: readonly string[];
  readonly typeOf: Column;
  readonly projectOf: Column;
  readonly rowOf: Column;
  readonly types: readonly string[];
  readonly projects: readonly string[];
  readonly rows: readonly (readonly [number, number, number, number, readonly number[]])[];
  readonly principals: readonly (readonly [string, string])[];
  readonly rules: readonly { readonly id: string }[];
  readonly findings: readonly (readonly unknown[])[];
  readonly accepted: readonly (readonly unknown[])[];
}

const roles = (...names: readonly string[]) => ({ type: 'RoleBasedPolicy' as const, roles: names });
const options = {
  permissions: [
    { name: 'read', project: 'p', namePatterns: 'a|b', actions: ['READ'], policy: roles('r', 's') },
    { name: 'all', project: 'p', namePatterns: 'b', policy: roles('s') },
  ] as const,
  resources: [
    { type: 'Entity', name: 'a', project: 'p' },
    { type: 'Entity', name: 'b', project: 'p' },
    { type: 'FeatureView', name: 'c', project: 'p' },
    { type: 'Entity', name: 'a', project: 'q' },
  ] as const,
};

async function page(
  given: Parameters<typeof snapshotOf>[0] = options,
  project?: string,
  exceptions = 'exceptions: []',
): Promise<{ readonly html: string; readonly data: PageData }> {
  const snapshot = await snapshotOf(given);
  const report = applyExceptions(auditSnapshot(snapshot, { project }), parseExceptions(exceptions));
  const context = { ...contextOf(), snapshot };
  const html = join(htmlReport(report, context));
  const [, json = ''] =
    /<script type="application\/json" id="data">([^<]*)<\/script>/.exec(html) ?? [];
  return { html, data: JSON.parse(json) as PageData };
}

describe('htmlReport', () => {
  test('holds each resource with its type, project and access', async () => {
    const { data } = await page();
    const shown = data.names.map((name, at) => [
      data.projects[data.projectOf[at] ?? -1],
      data.types[data.typeOf[at] ?? -1],
      name,
      data.rows[data.rowOf[at] ?? -1],
    ]);
    const read = 0b110000;
    expect(data.principals).toEqual([
      ['role', 'r'],
      ['role', 's'],
    ]);
    expect(shown).toEqual([
      ['p', 'Entity', 'a', [1, 0, 0, 0, [0, read, 0, 1, read, 0]]],
      ['p', 'Entity', 'b', [1, 0, 0, 0, [1, 0xff, 0, 0, read, 0]]],
      ['p', 'FeatureView', 'c', [0, 0, 0, 0, []]],
      ['q', 'Entity', 'a', expect.any(Array)],
    ]);
  });

  test('keeps to the audited project', async () => {
    const { data } = await page(options, 'p');
    expect(data.head.project).toBe('p');
    expect(data.projects).toEqual(['p']);
    expect(data.names).toEqual(['a', 'b', 'c']);
  });

  test('holds findings with rule, place and fingerprint, and accepted ones with the reason', async () => {
    const { data } = await page(
      options,
      'p',
      'exceptions: [{ rule: unsecured-resource, resource: c, reason: Later., until: 2999-12-31 }]',
    );
    expect(data.accepted).toEqual([
      [
        expect.any(Number),
        'warning',
        'no permission covers FeatureView `c`',
        'FeatureView c of project p',
        'store/feature_store.yaml:1',
        expect.stringMatching(/^[0-9a-f]{32}$/),
        'Later.',
        '2999-12-31',
      ],
    ]);
    const ids = data.findings.map(([rule]) => data.rules[rule as number]?.id);
    expect(ids).toEqual(['uncovered-actions']);
  });

  test('keeps odd names as data that ends no element', async () => {
    const named = ODD_NAMES.filter((name) => name !== '');
    const resources = named.map((name) => ({ type: 'Entity' as const, name, project: 'p' }));
    const { html, data } = await page({ ...options, resources });
    expect(data.names).toEqual(named);
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    expect(html).not.toContain('<img');
  });

  test('allows its own script and style, and no request', async () => {
    const { html } = await page();
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    const hash = (text: string): string =>
      `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(html) ?? [];
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(html) ?? [];
    expect(policy).toBe(
      `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`,
    );
    expect(html).not.toMatch(/(?:src|href)="(?!#)/);
    expect(() => new Script(script)).not.toThrow();
  });
});
