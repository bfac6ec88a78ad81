import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createHttpClient, HttpError } from '../../src/net/http-client.js';
import { defaultRedactor } from '../../src/redaction/index.js';

/** Where a proxy was asked to connect to. It sends everything to one server on this machine. */
const tunnels: string[] = [];
let status = 200;
let proxy: Server;
let target: Server;
let proxyUrl: string;
let targetUrl: string;
let secure: Server;
let secureUrl: string;
/** Where a tunnel leads. */
let upstreamUrl: string;

const CERTIFICATE = fileURLToPath(
  new URL('../identity/fixtures/loopback-cert.pem', import.meta.url),
);

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  target = createServer((_, response) => response.end('{}'));
  targetUrl = await listen(target);
  const pem = (name: string): Buffer =>
    readFileSync(new URL(`../identity/fixtures/loopback-${name}.pem`, import.meta.url));
  secure = createTlsServer({ key: pem('key'), cert: pem('cert') }, (_, response) => {
    response.end('{"secure":true}');
  });
  secureUrl = await listen(secure);
  proxy = createServer();
  proxy.on('connect', (request, socket) => {
    tunnels.push(request.url ?? '');
    socket.on('error', () => {});
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      return;
    }
    const upstream = connect(Number(new URL(upstreamUrl).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
  });
  proxyUrl = await listen(proxy);
});

afterAll(async () => {
  for (const server of [proxy, target, secure]) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

beforeEach(() => {
  tunnels.length = 0;
  status = 200;
  upstreamUrl = targetUrl;
  for (const name of ['https_proxy', 'no_proxy', 'NO_PROXY', 'KUBERNETES_SERVICE_HOST']) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv('HTTPS_PROXY', proxyUrl);
});

afterEach(() => vi.unstubAllEnvs());

/** What a request fails with: nothing answers TLS, and names under `.test` are not resolved. */
async function fail(url: string): Promise<HttpError> {
  const client = createHttpClient({ timeoutSeconds: 5 });
  const error: unknown = await client({ url: new URL(url) }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(HttpError);
  return error as HttpError;
}

describe('HTTPS_PROXY', () => {
  test('opens a tunnel for https', async () => {
    await fail('https://idp.test/path');
    expect(tunnels).toEqual(['idp.test:443']);
  });

  test("keeps the rules for the server's certificate inside of the tunnel", async () => {
    upstreamUrl = secureUrl;
    expect((await fail('https://idp.test/')).message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    const trusting = createHttpClient({ timeoutSeconds: 5, caCertPath: CERTIFICATE });
    const url = new URL('https://idp.test/');
    await expect(trusting({ url })).rejects.toThrow('ERR_TLS_CERT_ALTNAME_INVALID');
    const lax = createHttpClient({ timeoutSeconds: 5, verifySsl: false });
    expect((await lax({ url })).body).toBe('{"secure":true}');
    expect(tunnels).toHaveLength(3);
  });

  test('tells that the proxy refuses, that nothing was sent, and no more', async () => {
    status = 407;
    const { message, notSent } = await fail('https://idp.test/path');
    expect(message).toBe(
      '`https://idp.test/path` cannot be reached (the proxy of `HTTPS_PROXY` answers with status 407)',
    );
    expect(notSent).toBe(true);
  });

  test.each([
    ['this machine', 'https://localhost:1/'],
    ['this machine, by number', 'https://127.0.0.2:1/'],
    ['this machine, in IPv6', 'https://[::1]:1/'],
  ])('is not used for %s', async (_, url) => {
    await fail(url);
    expect(tunnels).toEqual([]);
  });

  test('is not used for http, as for the metadata service of a cloud', async () => {
    const client = createHttpClient({ timeoutSeconds: 5 });
    expect((await client({ url: new URL(targetUrl) })).status).toBe(200);
    expect(tunnels).toEqual([]);
  });

  test.each([
    ['a host', 'idp.test'],
    ['a domain', '.test'],
    ['a port', 'idp.test:443'],
  ])('is not used where NO_PROXY names %s', async (_, names) => {
    vi.stubEnv('NO_PROXY', `other.example,${names}`);
    await fail('https://idp.test/');
    expect(tunnels).toEqual([]);
  });

  test('is not used where NO_PROXY is `*`', async () => {
    vi.stubEnv('NO_PROXY', '*');
    await fail('https://idp.test/');
    expect(tunnels).toEqual([]);
  });

  test('is used where NO_PROXY names another host', async () => {
    vi.stubEnv('NO_PROXY', 'dp.test,idp.test:444');
    await fail('https://idp.test/');
    expect(tunnels).toEqual(['idp.test:443']);
  });

  test("is not used for the API server of the program's own cluster", async () => {
    vi.stubEnv('KUBERNETES_SERVICE_HOST', 'api.test');
    await fail('https://api.test/');
    await fail('https://kubernetes.default.svc.test/');
    expect(tunnels).toEqual([]);
  });

  test('gives way to the variable in lower case', async () => {
    vi.stubEnv('https_proxy', 'http://127.0.0.1:1');
    expect((await fail('https://idp.test/')).message).toContain('ECONNREFUSED');
    expect(tunnels).toEqual([]);
  });

  test.each(['socks5://10.0.0.1:1080', 'no address', 'ftp://user:s3cretword@proxy.test'])(
    'must be an http or https URL: %s',
    (url) => {
      vi.stubEnv('HTTPS_PROXY', url);
      expect(() => createHttpClient({ timeoutSeconds: 5 })).toThrow(
        /^`HTTPS_PROXY` must be an http or https URL$/,
      );
    },
  );

  test('has its password masked, as it is written and as it is', () => {
    vi.stubEnv('HTTPS_PROXY', 'http://user:s3cret%2Fword-of-proxy@proxy.test:3128');
    createHttpClient({ timeoutSeconds: 5 });
    const shown = defaultRedactor.text('s3cret%2Fword-of-proxy s3cret/word-of-proxy');
    expect(shown).toBe('***proxy-password*** ***proxy-password***');
  });
});
