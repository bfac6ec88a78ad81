import fc from 'fast-check';
import { ConfigInvalidError } from 'feast-permissions/errors';
import { describe, expect, test } from 'vitest';
import { parseVaultAddress } from '../../../../src/platforms/azure/key-vault/vault-address.js';
import { propertyRuns } from '../../../support/property-runs.js';

describe('parseVaultAddress', () => {
  test.each([
    ['sandbox-kv', 'https://sandbox-kv.vault.azure.net', 'https://vault.azure.net'],
    ['Sandbox-KV', 'https://sandbox-kv.vault.azure.net', 'https://vault.azure.net'],
    [
      'https://sandbox-kv.vault.azure.net/',
      'https://sandbox-kv.vault.azure.net',
      'https://vault.azure.net',
    ],
    ['HTTPS://Sandbox-KV.Vault.Azure.NET', 'https://sandbox-kv.vault.azure.net', undefined],
    ['https://kv1.vault.azure.cn', 'https://kv1.vault.azure.cn', 'https://vault.azure.cn'],
    [
      'https://kv1.vault.usgovcloudapi.net',
      'https://kv1.vault.usgovcloudapi.net',
      'https://vault.usgovcloudapi.net',
    ],
    [
      'https://hsm.managedhsm.azure.net',
      'https://hsm.managedhsm.azure.net',
      'https://managedhsm.azure.net',
    ],
    ['https://kv1.vault.azure.net:443', 'https://kv1.vault.azure.net', 'https://vault.azure.net'],
  ])('reads %s', (written, origin, resource = 'https://vault.azure.net') => {
    const address = parseVaultAddress(written);
    expect(address.origin).toBe(origin);
    expect(address.resources).toEqual([resource]);
  });

  test.each([
    'http://sandbox-kv.vault.azure.net',
    'https://sandbox-kv.vault.azure.net.evil.example',
    'https://evil.example/sandbox-kv.vault.azure.net',
    'https://evil.example#.vault.azure.net',
    'https://evil.example?.vault.azure.net',
    'https://sandbox-kv.vault.azure.net@evil.example',
    'https://user@sandbox-kv.vault.azure.net',
    'https://user:word@sandbox-kv.vault.azure.net',
    'https://sandbox-kv.vault.azure.net:8443',
    'https://sandbox-kv.vault.azure.net/secrets/x',
    'https://sandbox-kv.vault.azure.net?x=1',
    'https://a.b.vault.azure.net',
    'https://vault.azure.net',
    'https://.vault.azure.net',
    'https://xvault.azure.net',
    'https://127.0.0.1:8443',
    'https://localhost',
    'https://[::1]',
    'sandbox.kv',
    'sandbox/kv',
    'sandbox kv',
    '-sandbox',
    'sandbox-',
    'sand--box',
    '1sandbox',
    'kv',
    'a'.repeat(25),
    '',
    '//sandbox-kv.vault.azure.net',
    'javascript:alert(1)',
    'sandbox-kv\u0000',
    'sändbox-kv',
  ])('refuses %j', (written) => {
    expect(() => parseVaultAddress(written)).toThrow(ConfigInvalidError);
  });

  test('lets a token go to no host but a vault of a known cloud', () => {
    const parts =
      'https:// http: // / \\ @ : 443 . # ? %2e \t 。 ａ kv-1 vault.azure.net vault.azure.cn evil.example [::1] VAULT.azure.NET';
    const part = fc.constantFrom(...parts.split(' '));
    const written = fc.array(part, { maxLength: 8 }).map((all) => all.join(''));
    const known =
      /^https:\/\/[a-z0-9-]{3,24}\.(?:vault|managedhsm)\.(?:azure\.(?:net|cn)|usgovcloudapi\.net)$/;
    fc.assert(
      fc.property(
        fc.oneof(
          written,
          written.map((text) => `https://kv-1${text}`),
        ),
        (text) => {
          try {
            expect(parseVaultAddress(text).origin).toMatch(known);
          } catch (error) {
            if (!(error instanceof ConfigInvalidError)) throw error;
          }
        },
      ),
      propertyRuns(1000, 100_000),
    );
  });

  test.each([null, undefined, 1, {}, ['sandbox-kv']])('takes no %j', (written) => {
    expect(() => parseVaultAddress(written as never)).toThrow(TypeError);
  });

  test('takes a host that is configured, with its port and over TLS alone', () => {
    const hosts = ['127.0.0.1:8443', 'Vault.Example.org'];
    expect(parseVaultAddress('https://127.0.0.1:8443', hosts).origin).toBe(
      'https://127.0.0.1:8443',
    );
    expect(parseVaultAddress('https://vault.example.org', hosts).origin).toBe(
      'https://vault.example.org',
    );
    expect(parseVaultAddress('https://vault.example.org', hosts).resources.length).toBe(6);
    for (const other of [
      'http://127.0.0.1:8443',
      'https://127.0.0.1:8444',
      'https://127.0.0.1',
      'https://a.vault.example.org',
    ]) {
      expect(() => parseVaultAddress(other, hosts)).toThrow(ConfigInvalidError);
    }
  });

  test.each(['https://host', 'host/path', 'user@host', 'a b', '', 'host:99999', 7])(
    'takes no configured host %j',
    (host) => {
      expect(() => parseVaultAddress('sandbox-kv', [host as string])).toThrow(TypeError);
    },
  );
});
