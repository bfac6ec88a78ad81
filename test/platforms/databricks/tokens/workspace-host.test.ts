import { describe, expect, test } from 'vitest';
import {
  parseHostAddress,
  parseWorkspaceHost,
} from '../../../../src/platforms/databricks/tokens/index.js';

const refused = expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }) as Error;

test.each([
  ['https://dbc-1.cloud.databricks.com', 'https://dbc-1.cloud.databricks.com/'],
  ['dbc-1.cloud.databricks.com', 'https://dbc-1.cloud.databricks.com/'],
  ['https://adb-1.2.azuredatabricks.net/?o=1#notebook', 'https://adb-1.2.azuredatabricks.net/'],
  ['https://DBC-1.cloud.databricks.com:443/path/', 'https://dbc-1.cloud.databricks.com/'],
  ['https://accounts.cloud.databricks.com', 'https://accounts.cloud.databricks.com/'],
  ['1.2.gcp.databricks.com', 'https://1.2.gcp.databricks.com/'],
  ['ws.cloud.databricks.us', 'https://ws.cloud.databricks.us/'],
  ['adb-1.2.databricks.azure.us', 'https://adb-1.2.databricks.azure.us/'],
  ['adb-1.2.databricks.azure.cn', 'https://adb-1.2.databricks.azure.cn/'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/'],
  ['http://[::1]:8080', 'http://[::1]:8080/'],
  ['http://localhost', 'http://localhost/'],
])('%s is %s', (host, expected) => {
  expect(parseWorkspaceHost(host).href).toBe(expected);
});

test.each([undefined, null, 7, {}])('rejects %j, which is not text', (host) => {
  expect(() => parseWorkspaceHost(host as never)).toThrow(
    new TypeError('the host of the workspace must be a string'),
  );
});

const HOST = 'adb-1.2.azuredatabricks.net';

test.each([
  '',
  ' ',
  'https://',
  `http://${HOST}`,
  `ftp://${HOST}`,
  `https://user:pass@${HOST}`,
  `https://user@${HOST}`,
  // What an address parser would repair.
  ` ${HOST}`,
  `${HOST}\n`,
  `https://${HOST} `,
  `/${HOST}`,
  `//${HOST}`,
  `///${HOST}`,
  `https:${HOST}`,
  `https:/${HOST}`,
  `https:///${HOST}`,
  `https:\\\\${HOST}`,
  `https://${HOST}\\@evil.example`,
  `ht\ttps://${HOST}`,
  'adb-1.2.azure\ndatabricks.net',
  'adb-1.2.azure\u0000databricks.net',
  'adb-1.2.azure\u00addatabricks.net',
  'adb-1.2.azuredatabricks%2enet',
  'adb-1.2.azuredatabricks\u3002net',
  '\uff41db-1.2.azuredatabricks.net',
  `https://${HOST}:99999`,
  'http://0x7f.1',
  'http://2130706433',
  'http://127.1',
])('refuses %j instead of repairing it', (host) => {
  expect(() => parseWorkspaceHost(host)).toThrow(refused);
  expect(() => parseHostAddress(host)).toThrow(refused);
});

test.each([
  'evil.example',
  'azuredatabricks.net',
  `${HOST}.evil.example`,
  'evilazuredatabricks.net',
  'adb-1.2.azuredatabricks.com',
  'app.databricksapps.com',
  `${HOST}.`,
  '10.0.0.1',
])('refuses %j, which is not a host of Databricks, and takes it from `hosts`', (host) => {
  expect(() => parseWorkspaceHost(host)).toThrow(refused);
  if (host.endsWith('.')) return;
  expect(parseWorkspaceHost(host, { hosts: [host.toUpperCase()] }).hostname).toBe(host);
});

describe('the list `hosts`', () => {
  const hosts = ['ml.example.com', '*.corp.example'];

  test.each([
    'ml.example.com',
    'https://ML.example.com:8443/',
    'a.corp.example',
    'a.b.corp.example',
  ])('takes %s', (host) => {
    expect(parseWorkspaceHost(host, { hosts }).protocol).toBe('https:');
  });

  test.each([
    'x.ml.example.com',
    'corp.example',
    'acorp.example',
    'a.corp.example.evil.example',
    'http://ml.example.com',
  ])('does not take %s', (host) => {
    expect(() => parseWorkspaceHost(host, { hosts })).toThrow(refused);
  });

  test.each(['*', '*.', 'https://ml.example.com', 'ml.example.com:443', 'a*.example', '', 7])(
    'rejects the entry %j',
    (entry) => {
      expect(() => parseWorkspaceHost(HOST, { hosts: [entry as string] })).toThrow(TypeError);
    },
  );

  test('must be an array', () => {
    expect(() => parseWorkspaceHost(HOST, { hosts: 'ml.example.com' as never })).toThrow(TypeError);
  });
});
