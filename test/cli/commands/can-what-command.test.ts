import { describe, expect, it } from 'vitest';
import { EXAMPLE, OIDC_EXAMPLE, runCli } from '../run-cli.js';

const ANN = '{"username":"ann","roles":["trusted"]}';

describe('can-what', () => {
  it('lists the rights of a user and of a role alone alike', async () => {
    const user = await runCli(['can-what', '--user', ANN, OIDC_EXAMPLE]);
    const role = await runCli(['can-what', '--role', 'trusted', OIDC_EXAMPLE]);
    expect(user.exitCode).toBe(0);
    expect(user.stdout).toMatch(/^FeatureView:credit_scoring\/merchant_risky_profile +\S*READ/m);
    expect(role.stdout).toBe(user.stdout);
  });

  it('keeps to a type, and to actions that are asked for together', async () => {
    const argv = ['can-what', '--role', 'trusted', EXAMPLE, '--format', 'json'];
    const { stdout } = await runCli([...argv, '--type', 'FeatureService']);
    const { resources } = JSON.parse(stdout) as { resources: { type: string }[] };
    expect(new Set(resources.map(({ type }) => type))).toEqual(new Set(['FeatureService']));
    const none = await runCli([...argv, '--action', 'CRUD']);
    expect(none.exitCode).toBe(1);
    expect(JSON.parse(none.stdout)).toMatchObject({ resources: [], total: 0 });
  });

  it('says so where no policy names the principal, with the name that was probably meant', async () => {
    const { exitCode, stdout } = await runCli(['can-what', '--role', 'trustd', EXAMPLE]);
    expect([exitCode, stdout]).toEqual([
      1,
      'nothing is allowed on any registered resource\nno policy names the role `trustd`; did you mean `trusted`?\n',
    ]);
    const noteOf = async (...who: readonly string[]): Promise<unknown> => {
      const { stdout: json } = await runCli(['can-what', ...who, EXAMPLE, '--format', 'json']);
      return (JSON.parse(json) as { readonly note: unknown }).note;
    };
    expect(await noteOf('--group', 'trusted')).toBe('no policy names the group `trusted`');
    expect(await noteOf('--role', 'trusted')).toBeNull();
    expect(await noteOf('--user', 'anonymous')).toBeNull();
  });

  it('needs exactly one of the options that say who', async () => {
    for (const argv of [[], ['--role', 'a', '--group', 'b']]) {
      const { exitCode, stderr } = await runCli(['can-what', ...argv, EXAMPLE]);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('needs one of `--user`, `--role`, `--group` and `--namespace`');
    }
  });
});
