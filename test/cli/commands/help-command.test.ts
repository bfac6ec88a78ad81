import { describe, expect, it } from 'vitest';
import { FINDING_RULES } from '../../../src/audit/index.js';
import { explainRule, ruleIds } from '../../../src/cli/rule-help.js';
import { COMMANDS } from '../../../src/cli/run.js';
import { findNearest } from '../../../src/foundation/did-you-mean.js';
import { SERVICES_RULES } from '../../../src/platforms/databricks/audit/index.js';
import { runCli } from '../run-cli.js';

describe('help RULE', () => {
  it('gives the level, the explanation of the documentation and the advice', async () => {
    const { exitCode, stdout, stderr } = await runCli(['help', 'no-permissions']);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^no-permissions \(error\): /);
    expect(stdout).toContain('Feast lets every named user do everything in a project');
    expect(stdout).toMatch(/\nWhat to do: .*\.\nMore: docs\/findings\.md\n$/s);
  });

  it.each([...FINDING_RULES, ...SERVICES_RULES].map(({ id }) => id))(
    'has a section of the documentation for %s',
    (id) => {
      const help = explainRule(id);
      expect(help?.explanation?.length).toBeGreaterThan(30);
      expect(help?.explanation).not.toMatch(/^#/m);
    },
  );

  it.each(ruleIds())(
    '%s fits a terminal of 80 columns, without the marks of a link',
    async (id) => {
      const { stdout } = await runCli(['help', id]);
      expect(stdout).not.toMatch(/\]\(|```/);
      const long = stdout.split('\n').filter((line) => line.length > 80 && !line.startsWith('  '));
      expect(long).toEqual([]);
      expect(stdout.split('\n').filter((line) => line !== line.trimEnd())).toEqual([]);
    },
  );

  it('keeps a block of code as it is', async () => {
    const { stdout } = await runCli(['help', 'unreadable-by-feast']);
    expect(stdout).toContain(
      '\n\n  from feast import FeatureStore\n\n  FeatureStore(repo_path=".").registry.delete_permission("NAME", "PROJECT")\n\nThen apply',
    );
  });

  it('says more of a rule without a section, too', async () => {
    const { stdout } = await runCli(['help', 'online-store-no-reader', '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      rule: 'online-store-no-reader',
      level: 'note',
      explanation: null,
      document: 'docs/online-stores.md',
    });
  });

  it('suggests a rule for a misspelt one', async () => {
    expect(await runCli(['help', 'unsecured-resourse'])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'feast-permissions: unknown command or rule `unsecured-resourse`; did you mean `unsecured-resource`?\n',
    });
    expect((await runCli(['help', 'x'.repeat(50)])).stderr).toContain(
      'an audit prints the rule of each finding',
    );
  });

  it('has help of its own', async () => {
    const { exitCode, stdout } = await runCli(['help', 'unsecured-resource', '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Usage: feast-permissions help COMMAND | RULE [OPTIONS]');
  });

  it('is not mistaken for that of a command', () => {
    const names = COMMANDS.flatMap(({ name }) => name.split(' ', 1));
    expect(ruleIds().filter((id) => findNearest(id, names) !== undefined)).toEqual([]);
  });
});
