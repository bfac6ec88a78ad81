import { describe, expect, test } from 'vitest';
import { isLinkLocal, isLoopback, isOwnCluster } from '../../src/net/addresses.js';

describe('isLoopback', () => {
  test.each([
    ['http://localhost:8080', true],
    ['http://app.localhost', true],
    ['http://127.1.2.3', true],
    ['http://[::1]', true],
    ['http://localhost.example.com', false],
    ['http://127.0.0.1.example.com', false],
    ['http://10.0.0.1', false],
  ])('of %s is %s', (url, expected) => {
    expect(isLoopback(new URL(url))).toBe(expected);
  });
});

describe('isLinkLocal', () => {
  test.each([
    ['http://169.254.169.254/metadata', true],
    ['http://[fe80::1]', true],
    ['http://[febf::1]', true],
    ['http://[fec0::1]', false],
    ['http://169.254.169.254.example.com', false],
    ['http://169.253.1.1', false],
  ])('of %s is %s', (url, expected) => {
    expect(isLinkLocal(new URL(url))).toBe(expected);
  });
});

describe('isOwnCluster', () => {
  const env = { KUBERNETES_SERVICE_HOST: '10.96.0.1' };

  test.each([
    ['https://10.96.0.1:443', true],
    ['https://kubernetes', true],
    ['https://kubernetes.default', true],
    ['https://kubernetes.default.svc', true],
    ['https://kubernetes.default.svc.cluster.local', true],
    ['https://kubernetes.example.com', false],
    ['https://kubernetes.default.example.com', false],
    ['https://10.96.0.2', false],
  ])('of %s is %s in a pod', (url, expected) => {
    expect(isOwnCluster(new URL(url), env)).toBe(expected);
  });

  test('is false outside of a cluster', () => {
    expect(isOwnCluster(new URL('https://kubernetes.default.svc'), {})).toBe(false);
  });

  test('knows a host of IPv6', () => {
    const six = { KUBERNETES_SERVICE_HOST: 'FD00::1' };
    expect(isOwnCluster(new URL('https://[fd00::1]'), six)).toBe(true);
  });
});
