import { describe, expect, test } from 'vitest';
import { parseLinkFile } from '../../../../src/platforms/databricks/links/index.js';

const WORKSPACES = `
dev: { host: adb-1.1.azuredatabricks.net, credentials: { token: "\${ADMIN}" } }
staging: { host: adb-2.2.azuredatabricks.net, credentials: { token: "\${ADMIN}" } }
prod: { host: adb-3.3.azuredatabricks.net, credentials: { token: "\${ADMIN}" } }
`;
const ENV = { ADMIN: 'dapi-of-an-admin', SECRET: 'client-secret', AAD: 'token-of-entra' };
const ALWAYS: Readonly<Record<string, string>> = {
  staging_workspace_id: '"123456789"',
  prod_workspace_id: '"987654321"',
  azure_staging_client_id: '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9011',
  azure_prod_client_id: '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9022',
};
/** The two ways to sign in as the service principal of a workspace, by the inputs of the module. */
const WAYS = {
  secret: (name: string) => ({
    [`azure_${name}_client_secret`]: '"${SECRET}"',
    [`azure_${name}_tenant_id`]: 'example.onmicrosoft.com',
  }),
  token: (name: string) => ({ [`azure_${name}_aad_token`]: '"${AAD}"' }),
} as const;

type Inputs = Readonly<Record<string, string>>;

function textOf(...all: readonly Inputs[]): string {
  const lines = Object.entries(Object.assign({}, ...all) as Inputs);
  return `${WORKSPACES}${lines.map(([name, value]) => `${name}: ${value}`).join('\n')}\n`;
}

function parse(...all: readonly Inputs[]): ReturnType<typeof parseLinkFile> {
  return parseLinkFile(textOf(...all), { file: 'links.yaml', env: ENV });
}

describe('each workspace is signed in to in either way', () => {
  test.each([
    ['secret', 'secret'],
    ['secret', 'token'],
    ['token', 'secret'],
    ['token', 'token'],
  ] as const)('staging by a %s, production by a %s', async (staging, prod) => {
    const text = textOf(ALWAYS, WAYS[staging]('staging'), WAYS[prod]('prod'));
    const { readers } = parseLinkFile(text, { env: ENV }).connect();
    const { readers: without } = parseLinkFile(text, { env: { ADMIN: ENV.ADMIN } }).connect();
    for (const [name, way] of [
      ['staging', staging],
      ['prod', prod],
    ] as const) {
      const { tokens } = readers[name];
      const variable = way === 'secret' ? 'SECRET' : 'AAD';
      await expect(without[name].tokens.getToken()).rejects.toThrow(`\`${variable}\` is not set`);
      if (way === 'token') expect(await tokens.getToken()).toMatchObject({ token: ENV.AAD });
    }
  });
});

describe('every input of the module', () => {
  const secrets: Inputs = { ...ALWAYS, ...WAYS.secret('staging'), ...WAYS.secret('prod') };
  const tokens: Inputs = { ...ALWAYS, ...WAYS.token('staging'), ...WAYS.token('prod') };
  const inputs: readonly (readonly [name: string, all: Inputs, required: boolean])[] = [
    ['staging_workspace_id', secrets, true],
    ['prod_workspace_id', secrets, true],
    ['azure_staging_client_id', secrets, true],
    ['azure_staging_aad_token', tokens, true],
    ['azure_staging_client_secret', secrets, true],
    ['azure_staging_tenant_id', secrets, true],
    ['azure_prod_client_id', secrets, true],
    ['azure_prod_aad_token', tokens, true],
    ['azure_prod_client_secret', secrets, true],
    ['azure_prod_tenant_id', secrets, true],
    ['additional_token_usage_groups', { ...secrets, additional_token_usage_groups: '[]' }, false],
  ];

  test.each(inputs)('%s is known by its name', (name, all, required) => {
    expect(() => parse(all)).not.toThrow();
    const { [name]: value = '', ...others } = all;
    expect(() => parse(others, { [`${name}_`]: value })).toThrow(`${name}_`);
    if (required) expect(() => parse(others)).toThrow('links.yaml');
    else expect(parse(others).rules.additionalTokenUsageGroups).toBeUndefined();
  });

  test('is in the table', () => {
    expect(new Set(inputs.map(([name]) => name)).size).toBe(11);
  });
});
