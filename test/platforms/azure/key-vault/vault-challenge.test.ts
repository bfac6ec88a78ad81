import { CredentialUnavailableError } from 'feast-permissions/errors';
import { describe, expect, test } from 'vitest';
import { parseVaultAddress } from '../../../../src/platforms/azure/key-vault/vault-address.js';
import { readVaultChallenge } from '../../../../src/platforms/azure/key-vault/vault-challenge.js';

const known = parseVaultAddress('sandbox-kv');
const configured = parseVaultAddress('https://kv.example.org', ['kv.example.org']);
const AUTHORITY = 'authorization="https://login.microsoftonline.com/tenant-1"';
const RESOURCE = 'resource="https://vault.azure.net"';

describe('readVaultChallenge', () => {
  test.each([
    [`Bearer ${AUTHORITY}, ${RESOURCE}`],
    [`bearer ${RESOURCE},${AUTHORITY}`],
    [`Bearer ${AUTHORITY} ${RESOURCE}`],
    [`Bearer ${AUTHORITY}, resource="https://vault.azure.net/"`],
    [`Bearer ${AUTHORITY}, scope="https://vault.azure.net/.default"`],
    [`Bearer authorization_uri="https://login.windows.net/tenant-1/", ${RESOURCE}`],
  ])('reads %s', (header) => {
    expect(readVaultChallenge(header, known)).toEqual({
      resource: 'https://vault.azure.net',
      tenantId: 'tenant-1',
    });
  });

  test('a host that is configured says which cloud it is in', () => {
    const header =
      'Bearer authorization="https://login.chinacloudapi.cn/t", resource="https://vault.azure.cn"';
    expect(readVaultChallenge(header, configured).resource).toBe('https://vault.azure.cn');
    expect(() => readVaultChallenge(header, known)).toThrow(CredentialUnavailableError);
  });

  test.each([
    [undefined, 'does not say which one it accepts'],
    ['', 'does not say which one it accepts'],
    ['Bearer', 'does not say which one it accepts'],
    [`Basic ${AUTHORITY}, ${RESOURCE}`, 'does not say which one it accepts'],
    [`Bearer ${AUTHORITY}`, 'does not say which one it accepts'],
    [`Bearer ${RESOURCE}`, 'does not say which one it accepts'],
    [`Bearer ${AUTHORITY}, ${RESOURCE}, ${RESOURCE}`, 'does not say which one it accepts'],
    [
      `Bearer ${AUTHORITY}, ${RESOURCE}, x="${'a'.repeat(4096)}"`,
      'does not say which one it accepts',
    ],
    [`Bearer ${AUTHORITY}, resource="https://management.azure.com"`, 'not for a vault'],
    [`Bearer ${AUTHORITY}, resource="https://vault.azure.net.evil.example"`, 'not for a vault'],
    [`Bearer ${AUTHORITY}, resource="http://vault.azure.net"`, 'not for a vault'],
    [`Bearer ${AUTHORITY}, resource=""`, 'not for a vault'],
    [`Bearer authorization="https://evil.example/t", ${RESOURCE}`, 'of another cloud'],
    [`Bearer authorization="http://login.microsoftonline.com/t", ${RESOURCE}`, 'of another cloud'],
    [
      `Bearer authorization="https://login.microsoftonline.com:8443/t", ${RESOURCE}`,
      'of another cloud',
    ],
    [`Bearer authorization="login.microsoftonline.com/t", ${RESOURCE}`, 'of another cloud'],
  ])('refuses %s', (header, reason) => {
    for (const address of [known, configured]) {
      expect(() => readVaultChallenge(header, address)).toThrow(reason);
    }
  });

  test.each(['', '/', '/a/b', '/a%2Fb', `/${'a'.repeat(256)}`])(
    'hands on no tenant of the path %j',
    (path) => {
      const header = `Bearer authorization="https://login.microsoftonline.com${path}", ${RESOURCE}`;
      expect(readVaultChallenge(header, known).tenantId).toBeUndefined();
    },
  );
});
