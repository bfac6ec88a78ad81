import { describe, expect, test } from 'vitest';
import { parseEndpointFile } from '../../../../src/platforms/databricks/endpoints/index.js';

const APP = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9011';
const ENV = {
  WORKSPACE: 'adb-1.1.azuredatabricks.net',
  ADMIN_TOKEN: 'dapi-of-the-admin',
  APP_SECRET: 'secret-of-the-application',
};
const TEXT = `
workspace:
  host: "\${WORKSPACE}"
  credentials: { token: "\${ADMIN_TOKEN}" }
endpoints: [fraud]
service_principals: [${APP}]
`;
const TOKEN = `
token:
  application_id: ${APP}
  comment: nightly scoring
  lifetime_seconds: 600
  credentials: { client_id: ${APP}, client_secret: $APP_SECRET }
`;

const parse = (text: string, env: Record<string, string> = ENV) =>
  parseEndpointFile(text, { file: 'access.yaml', env });

test('is read', async () => {
  const { access, connect, token } = parse(TEXT);
  expect(access).toEqual({ endpoints: ['fraud'], servicePrincipals: [APP], level: undefined });
  expect(token).toBeUndefined();
  const { host, tokens } = connect();
  expect(host).toBe('adb-1.1.azuredatabricks.net');
  expect(await tokens.getToken()).toMatchObject({ token: ENV.ADMIN_TOKEN });
});

test('is read with a token and a level', () => {
  const { access, token } = parse(`${TEXT}level: CAN_MANAGE\n${TOKEN}`);
  expect(access.level).toBe('CAN_MANAGE');
  expect(token?.request).toEqual({
    applicationId: APP,
    comment: 'nightly scoring',
    lifetimeSeconds: 600,
  });
  expect(token?.connect().host).toBe(ENV.WORKSPACE);
});

test('takes the credentials of the environment where it has none', async () => {
  const text = TEXT.replace(/ {2}credentials.*\n/, '');
  const { connect } = parse(text, { ...ENV, DATABRICKS_TOKEN: 'dapi-of-somebody' });
  expect(await connect().tokens.getToken()).toMatchObject({ token: 'dapi-of-somebody' });
  expect(() => parse(text).connect()).toThrow('no credentials for Databricks');
});

test('a secret is read only when the workspace is asked', () => {
  const { connect } = parse(TEXT, { WORKSPACE: ENV.WORKSPACE });
  expect(connect).toThrow('environment variable `ADMIN_TOKEN` is not set');
});

describe('is refused', () => {
  const secret = 'dapi0123456789';
  test.each<[string, string, string]>([
    ['a secret', TEXT.replace('"${ADMIN_TOKEN}"', secret), 'a secret does not stand in a file'],
    ['the name of a service principal', TEXT.replace(APP, 'scoring'), 'not its name'],
    ['no endpoint', TEXT.replace('[fraud]', '[]'), 'must not be empty'],
    ['an endpoint that is no text', TEXT.replace('[fraud]', '[[a]]'), 'must be a string'],
    ['an unknown level', `${TEXT}level: CAN_READ\n`, 'must be CAN_VIEW, CAN_QUERY or CAN_MANAGE'],
    ['an unknown field', `${TEXT}levels: CAN_QUERY\n`, 'is not a known field here'],
    ['an address without TLS', TEXT.replace('"${WORKSPACE}"', 'http://a.example'), 'https'],
    [
      'an address that is not set',
      TEXT.replace('WORKSPACE', 'NOTHING'),
      'a variable that is not set',
    ],
    ['an empty address', TEXT.replace('"${WORKSPACE}"', '""'), 'must not be empty'],
    ['a long address', TEXT.replace('"${WORKSPACE}"', 'a'.repeat(3000)), 'is longer than 2048'],
    ['two kinds of credentials', TEXT.replace('{ token', '{ client_id: x, token'), '`token`, or'],
    ['a token that lives long', `${TEXT}${TOKEN.replace('600', '864000')}`, 'from 60 to 86400'],
    ['a token without a comment', `${TEXT}${TOKEN.replace('nightly scoring', '""')}`, 'empty'],
    ['a list', '- a\n', 'must be a mapping'],
  ])('with %s', (_, text, message) => {
    expect(() => parse(text)).toThrow(message);
    expect(() => parse(text)).toThrow(/^access\.yaml:\d+:\d+: /);
    expect(() => parse(text)).not.toThrow(secret);
  });
});
