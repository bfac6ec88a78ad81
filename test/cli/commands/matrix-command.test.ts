import { describe, expect, it } from 'vitest';
import { EXAMPLE, runCli } from '../run-cli.js';

describe('matrix', () => {
  it('has a line for each resource and principal', async () => {
    const { exitCode, stdout } = await runCli(['matrix', EXAMPLE, '--type', 'Entity', '--all']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^Entity:credit_scoring\/customer +group "pii-cleared" +DESCRIBE, READ$/m,
    );
    expect(stdout).not.toContain('FeatureView:');
  });

  it('agrees with who-can', async () => {
    const { stdout } = await runCli(['matrix', EXAMPLE, '--format', 'json', '--limit', '5']);
    const { rows, total } = JSON.parse(stdout) as {
      readonly total: number;
      readonly rows: readonly {
        readonly project: string;
        readonly type: string;
        readonly name: string;
        readonly cells: readonly {
          readonly principal: { readonly name: string };
          readonly actions: string[];
        }[];
      }[];
    };
    expect([rows.length, total > 5]).toEqual([5, true]);
    for (const { project, type, name, cells } of rows) {
      const question = ['who-can', 'DESCRIBE', `${type}:${name}`, EXAMPLE];
      const who = await runCli([...question, '--project', project, '--format', 'json']);
      const { combinations } = JSON.parse(who.stdout) as {
        readonly combinations: readonly {
          readonly principals: readonly { readonly name?: string }[];
        }[];
      };
      const names = combinations.flatMap(({ principals }) =>
        principals.map((one) => one.name ?? ''),
      );
      const having = cells.filter(({ actions }) => actions.includes('DESCRIBE'));
      expect(new Set(having.map(({ principal }) => principal.name))).toEqual(new Set(names));
    }
  });
});
