import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScript } from './run-script.js';
import { findFreePort, type RunningProcess, startProcess } from './running-process.js';

/**
 * A Kubernetes API server with its store: real tokens, real reviews, real bindings; no nodes and no
 * controllers.
 */
export interface KubernetesCluster {
  /** Writes a kubeconfig for a bearer of `token` and gives its path. */
  readonly kubeConfig: (token: string, namespace?: string) => string;
  /**
   * Asks the API server, as its administrator unless `token` is given. Rejects for every status
   * from 400 on.
   */
  readonly ask: (method: string, path: string, body?: unknown, token?: string) => Promise<unknown>;
  readonly stopApiServer: () => Promise<void>;
  readonly startApiServer: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** A user of the static token file. */
export interface StaticUser {
  readonly name: string;
  readonly token: string;
  readonly groups: readonly string[];
}

const ADMIN: StaticUser = { name: 'admin', token: 'admin-token', groups: ['system:masters'] };

/**
 * Starts etcd and the API server on free ports of the loopback interface, with all their files in a
 * new folder.
 *
 * @throws Error that says what to install
 */
export async function startKubernetesCluster(
  users: readonly StaticUser[],
): Promise<KubernetesCluster> {
  const binary = await runScript('build-kube-apiserver.sh');
  const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-kubernetes-'));
  const file = (name: string): string => join(folder, name);
  writeKeys(file);
  const lines = [ADMIN, ...users].map(
    ({ name, token, groups }) => `${token},${name},${name},"${groups.join(',')}"`,
  );
  writeFileSync(file('tokens.csv'), `${lines.join('\n')}\n`);

  const etcdPort = await findFreePort();
  const port = await findFreePort();
  const server = `https://127.0.0.1:${port}`;
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    token = ADMIN.token,
  ): Promise<unknown> => {
    const ca = readFileSync(file('apiserver.crt'));
    return askApiServer(new URL(path, server), { method, ca, token, body });
  };

  const running: { etcd?: RunningProcess; apiServer?: RunningProcess } = {};
  const startApiServer = async (): Promise<void> => {
    running.apiServer = await startProcess({
      command: binary,
      arguments: apiServerArguments(file, { etcdPort, port }),
      log: file('kube-apiserver.log'),
      isReady: async () => (await ask('GET', '/readyz')) === 'ok',
      timeout: 180,
    });
  };
  const stopApiServer = async (): Promise<void> => {
    await running.apiServer?.stop();
    delete running.apiServer;
  };
  // The API server first, and to its end: without its store it hangs for minutes.
  const stop = async (): Promise<void> => {
    await stopApiServer();
    await running.etcd?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    running.etcd = await startEtcd(file, etcdPort);
    await startApiServer();
  } catch (error) {
    await stop();
    throw error;
  }
  const kubeConfig = (token: string, namespace = 'default'): string => {
    const path = file(`kubeconfig-${Date.now()}-${Math.random()}`);
    const ca = file('apiserver.crt');
    writeFileSync(path, JSON.stringify(kubeConfigOf({ server, ca, token, namespace })));
    return path;
  };
  return { kubeConfig, ask, startApiServer, stopApiServer, stop };
}

async function startEtcd(file: (name: string) => string, port: number): Promise<RunningProcess> {
  const peerPort = await findFreePort();
  const client = `http://127.0.0.1:${port}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  try {
    return await startProcess({
      command: 'etcd',
      arguments: [
        `--data-dir=${file('etcd')}`,
        `--listen-client-urls=${client}`,
        `--advertise-client-urls=${client}`,
        `--listen-peer-urls=${peer}`,
        `--initial-advertise-peer-urls=${peer}`,
        `--initial-cluster=default=${peer}`,
      ],
      log: file('etcd.log'),
      isReady: async () => (await fetch(`${client}/health`)).ok,
      timeout: 60,
    });
  } catch (error) {
    throw new Error('etcd does not run; to install it: apt-get install etcd-server', {
      cause: error,
    });
  }
}

/**
 * The key that signs service-account tokens. The API server makes its own certificate, beside it.
 */
function writeKeys(file: (name: string) => string): void {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  writeFileSync(file('accounts.key'), privateKey, { mode: 0o600 });
  writeFileSync(file('accounts.pub'), publicKey);
}

function apiServerArguments(
  file: (name: string) => string,
  { etcdPort, port }: { readonly etcdPort: number; readonly port: number },
): readonly string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${file('.')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${file('accounts.pub')}`,
    `--service-account-signing-key-file=${file('accounts.key')}`,
    '--authorization-mode=RBAC',
    `--token-auth-file=${file('tokens.csv')}`,
    // No controller makes the root certificates and endpoints that these wait for.
    '--disable-admission-plugins=ServiceAccount',
    '--endpoint-reconciler-type=none',
  ];
}

function kubeConfigOf(details: {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
  readonly namespace: string;
}): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'test',
        cluster: { server: details.server, 'certificate-authority': details.ca },
      },
    ],
    users: [{ name: 'test', user: { token: details.token } }],
    contexts: [
      { name: 'test', context: { cluster: 'test', user: 'test', namespace: details.namespace } },
    ],
    'current-context': 'test',
  };
}

function askApiServer(
  url: URL,
  question: {
    readonly method: string;
    readonly ca: Buffer;
    readonly token: string;
    readonly body: unknown;
  },
): Promise<unknown> {
  const { method, ca, token, body } = question;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, ca, headers, agent: false, timeout: 30_000 },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => {
          const { statusCode = 0 } = response;
          if (statusCode >= 400)
            reject(new Error(`${method} ${url.pathname}: ${statusCode} ${text}`));
          else resolve(text.startsWith('{') ? JSON.parse(text) : text);
        });
      },
    );
    sent.once('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
