import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubernetesConfig } from '../../../src/identity/kubernetes/config.js';

/** One request that the fake API server got. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What the fake API server answers: an object is sent as JSON with 200 (201 for a TokenReview). */
export type Answer = (request: SeenRequest, response: ServerResponse) => unknown;

/**
 * A server on the loopback interface that answers as an API server would, or as one that went
 * wrong.
 */
export interface FakeApiServer {
  readonly config: KubernetesConfig;
  readonly requests: readonly SeenRequest[];
  /** Replaces what is answered to requests whose path starts with `path`. */
  answer(path: string, answer: Answer): void;
  /** How many requests for `path` came. */
  count(path: string): number;
  stop(): Promise<void>;
  /** Listens again, on the port that it had. */
  start(): Promise<void>;
}

export const REVIEWS = '/apis/authentication.k8s.io/v1/tokenreviews';
export const RBAC = '/apis/rbac.authorization.k8s.io/v1';

/** A TokenReview that was answered with `status`. */
export function review(status: unknown): unknown {
  return { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: {}, status };
}

/** A list, as the API server sends it. */
export function list(items: readonly unknown[], next = ''): unknown {
  return { kind: 'List', apiVersion: 'v1', metadata: { continue: next }, items };
}

export async function startFakeApiServer(): Promise<FakeApiServer> {
  const requests: SeenRequest[] = [];
  const answers = new Map<string, Answer>();
  const server = createServer((message, response) => {
    void respond(message, response);
  });

  async function respond(message: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of message) body += String(chunk);
    const { method = '', url = '', headers } = message;
    const request = { method, url, headers, body };
    requests.push(request);
    const [path] = [...answers.keys()]
      .filter((key) => url.startsWith(key))
      .toSorted()
      .toReversed();
    const value = path === undefined ? undefined : answers.get(path)?.(request, response);
    if (value === undefined) return;
    response.writeHead(method === 'POST' ? 201 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  }

  let port = 0;
  const start = (): Promise<void> =>
    new Promise((resolve) => {
      server.listen(port, '127.0.0.1', () => {
        ({ port } = server.address() as AddressInfo);
        resolve();
      });
    });
  await start();
  return {
    config: {
      getCurrentContext: () => 'test',
      getContextObject: () => ({ namespace: 'feast-ns' }),
      getCurrentCluster: () => ({ server: `http://127.0.0.1:${port}`, skipTLSVerify: true }),
      applyToHTTPSOptions: async (options) => {
        options.headers = { authorization: 'Bearer own-credentials' };
      },
    },
    requests,
    answer: (path, answer) => void answers.set(path, answer),
    count: (path) => requests.filter(({ url }) => url.startsWith(path)).length,
    start,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with a status and a text that need not be JSON. */
export function raw(status: number, text: string): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(text);
  };
}

/** A token with these claims, and a signature that nobody checks. */
export function tokenWith(claims: unknown): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`;
}

/** A token that says when it ends. */
export function tokenThatEnds(exp: unknown): string {
  return tokenWith({ exp });
}

/** A RoleBinding to the Role `name`. */
export function binding(name: string, namespace: string, subjects: readonly unknown[]): unknown {
  return { metadata: { name: `b-${name}`, namespace }, roleRef: { kind: 'Role', name }, subjects };
}
