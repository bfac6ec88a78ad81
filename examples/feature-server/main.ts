import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { createFeatureServer } from './create-feature-server.js';
import { IdentityProvider, USERS, type UserName } from './identity-provider.js';

const HELP = `usage: npm run example -- [--port PORT]

Starts a feature server on the loopback interface that asks Feast's permissions before it answers, and an identity
provider for it. Prints what to ask it. Ctrl-C ends both.

  --port PORT   default: 6566, as Feast's own; 0: any that is free
  --help        prints this
`;

const HIGHEST_PORT = 65_535;

/**
 * @param root folder of the project
 * @returns the exit code, when the example has ended
 */
export async function main(argv: readonly string[], root: string): Promise<number> {
  const port = readPort(argv);
  if (typeof port === 'string') {
    process.stderr.write(`${port}\n${HELP}`);
    return 2;
  }
  if (port === undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  const provider = await IdentityProvider.start();
  try {
    const app = await createFeatureServer({
      featureStore: join(root, 'examples/feature-server/feature_store.yaml'),
      onlineStore: join(root, 'examples/credit_scoring/data/online_store.db'),
      gate: { env: { OIDC_DISCOVERY_URL: provider.discoveryUrl } },
    });
    try {
      await app.listen({ port, host: '127.0.0.1' });
      const ended = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
      const { port: bound } = app.server.address() as AddressInfo;
      process.stdout.write(await invite(`http://127.0.0.1:${bound}`, provider));
      await ended;
      return 0;
    } finally {
      await app.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    process.stderr.write(`port ${port} is in use: give another with --port\n`);
    return 1;
  } finally {
    await provider.stop();
  }
}

/** @returns undefined when help is asked for, and text when the arguments are wrong */
function readPort(argv: readonly string[]): number | string | undefined {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string', default: '6566' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return undefined;
    const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN;
    return port <= HIGHEST_PORT ? port : '--port must be a number up to 65535';
  } catch (error) {
    return (error as Error).message;
  }
}

/** What to paste into another terminal. */
async function invite(url: string, provider: IdentityProvider): Promise<string> {
  const tokens = await Promise.all(
    (Object.keys(USERS) as UserName[]).map(
      async (user) => `${user.toUpperCase()}=${await provider.sign(user)}`,
    ),
  );
  const ask = (authorization: string): string =>
    `curl -i ${url}/get-online-features ${authorization}-H 'content-type: application/json' \\
  -d '{"features":["transaction_features:amount"],"entities":{"driver_id":[1001]}}'`;
  return `A feature server and an identity provider run. In another terminal:

export ${tokens.join(' ')}

# 200: alice has the role super-reader
${ask('-H "authorization: Bearer $ALICE" ')}

# 401: nobody knows who asks
${ask('')}

# 403: bob has no role
${ask('-H "authorization: Bearer $BOB" ')}

Ctrl-C ends it.
`;
}
