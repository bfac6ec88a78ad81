import { expect, test } from 'vitest';
import { ConfigInvalidError } from '../../../src/model/index.js';
import { parseRemoteAddress } from '../../../src/registry/remote/parse-remote-address.js';

const parse = (
  url: string,
  options: Readonly<Record<string, unknown>> = {},
  env: Readonly<Record<string, string>> = {},
): ReturnType<typeof parseRemoteAddress> =>
  parseRemoteAddress({ type: 'remote', url, options }, { env });

test.each([
  ['registry:6570', false],
  ['dns:///registry.feast.svc:443', false],
  ['localhost:6570', true],
  ['127.0.0.1:6570', true],
  ['ipv4:127.0.0.1:6570', true],
  ['dns:///localhost:6570', true],
  ['[::1]:6570', true],
  ['unix:/run/feast.sock', true],
  ['localhost.example.com:6570', false],
])('%s is a target of gRPC', (url, isLoopback) => {
  expect(parse(url)).toEqual({ target: url, isLoopback, tls: undefined });
});

test.each([
  'http://registry:6570',
  'https://u:pa55@registry',
  'grpc://registry:1',
  'u:pa55@registry:1',
])('%s is refused, without the password', (url) => {
  expect(() => parse(url)).toThrow(ConfigInvalidError);
  expect(() => parse(url)).toThrow(/`registry\.path` must be the host and the port(?!.*pa55)/);
});

test.each([
  [{ cert: 'ca.pem' }, {}, { rootsFile: 'ca.pem' }],
  [{ is_tls: true }, {}, {}],
  [{ is_tls: 'yes' }, {}, {}],
  [
    { is_tls: true },
    { SSL_CERT_FILE: 'a.pem', REQUESTS_CA_BUNDLE: 'b.pem' },
    { rootsFile: 'a.pem' },
  ],
  [{ is_tls: true }, { SSL_CERT_FILE: '', REQUESTS_CA_BUNDLE: 'b.pem' }, { rootsFile: 'b.pem' }],
  [
    { cert: 'ca.pem', client_cert: 'c.pem', client_key: 'k.pem', authority: 'registry.feast' },
    { SSL_CERT_FILE: 'a.pem' },
    {
      rootsFile: 'ca.pem',
      certificateFile: 'c.pem',
      keyFile: 'k.pem',
      authority: 'registry.feast',
      serverName: 'registry.feast',
    },
  ],
])('%j with %j is TLS', (options, env, tls) => {
  expect(parse('registry:443', options, env).tls).toEqual({
    rootsFile: undefined,
    certificateFile: undefined,
    keyFile: undefined,
    authority: undefined,
    serverName: 'registry',
    ...tls,
  });
});

test.each([[{}], [{ is_tls: false }], [{ is_tls: 'off', cert: '' }]])(
  '%j means without TLS',
  (options) => {
    expect(parse('registry:6570', options).tls).toBeUndefined();
  },
);

test.each([
  [
    { is_tls: true, client_cert: 'c.pem' },
    '`registry.client_cert` and `client_key` must be given together',
  ],
  [
    { client_cert: 'c.pem', client_key: 'k.pem' },
    '`registry.client_cert` has no effect without TLS',
  ],
  [{ authority: 'x' }, '`registry.authority` has no effect without TLS'],
  [{ cert: 5 }, '`registry.cert` must be a string'],
  [{ is_tls: 'perhaps' }, '`registry.is_tls` must be true or false'],
])('%j is refused', (options, message) => {
  expect(() => parse('registry:443', options)).toThrow(message);
});

test.each([
  ['10.0.0.1:443', {}, '10.0.0.1'],
  ['[::1]:443', {}, '::1'],
  ['dns:///registry.feast.svc:443', {}, 'registry.feast.svc'],
  ['127.0.0.1:443', { authority: 'registry.feast:6570' }, 'registry.feast'],
])('the certificate at %s with %j must be of %s', (url, options, serverName) => {
  expect(parse(url, { is_tls: true, ...options }).tls?.serverName).toBe(serverName);
});
