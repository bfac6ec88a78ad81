/**
 * What a gate costs a server: the same routes of Fastify with and without one in one process, with
 * `onRefusal` in another and with a log of decisions in a third, asked the same requests in turn.
 * Tokens are verified before, and found in the cache. Of the handlers one does nothing, which
 * nothing can keep up with, and one reads features from an online store.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Cost } from './engine-costs.js';
import { encodeRequest, loadServer } from './http-load.js';
import { median } from './measure.js';
import type { AppName, Started, Usage } from './servers-process.js';

export interface ServerRounds {
  readonly rounds: number;
  /** Of one app in one round. */
  readonly seconds: number;
}

/** One app in one round. */
interface Sample {
  readonly requestsPerSecond: number;
  /**
   * Microseconds of processor time that the server took for a request: what else the machine does
   * is not in it.
   */
  readonly cpu: number;
  /** Share of the time in which the event loop of the server was busy. */
  readonly busy: number;
}

interface Route {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

const ROUTES: readonly Route[] = [
  { name: 'GET /views/:name', method: 'GET', path: '/views/transaction_features' },
  {
    name: 'POST /get-online-features',
    method: 'POST',
    path: '/get-online-features',
    body: JSON.stringify({
      features: ['transaction_features:amount', 'transaction_features:count_7d'],
      entities: { driver_id: [1001, 1002, 1003] },
    }),
  },
];

/** An app with its process: the callers' tokens are those of the process. */
interface Server {
  readonly child: ChildProcess;
  readonly port: number;
  readonly tokens: readonly string[];
}

type Servers = Readonly<Record<AppName, Server>>;
type Samples = Record<AppName, Sample[]>;

/**
 * Throughput with and without the gate, and the median of the rounds' ratios.
 *
 * @param folder of the build; undefined: this one
 */
export async function benchServers(
  { rounds, seconds }: ServerRounds,
  folder?: string,
): Promise<Cost[]> {
  linkPackage();
  // Earlier builds have no log of decisions.
  const processes = ['plain,guarded', 'told', ...(folder === undefined ? ['logged'] : [])];
  const apps = processes.flatMap((names) => names.split(',')) as AppName[];
  const children = processes.map((names) =>
    fork(
      fileURLToPath(new URL('servers-process.js', import.meta.url)),
      folder === undefined ? [names] : [names, folder],
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    ),
  );
  try {
    const started = await Promise.all(children.map((child) => messageOf<Started>(child)));
    const servers = Object.fromEntries(
      started.flatMap(({ ports, tokens }, index) =>
        Object.entries(ports).map(([name, port]) => [
          name,
          { child: children[index], port, tokens },
        ]),
      ),
    ) as unknown as Servers;
    const costs: Cost[] = [];
    for (const route of ROUTES) {
      await assertGuarded(route, servers);
      for (const app of apps) await ask(servers[app], route, seconds);
      const samples: Samples = { plain: [], guarded: [], told: [], logged: [] };
      for (let round = 0; round < rounds; round++) {
        // The one that comes first has the warmer machine, or the colder: they take turns.
        for (const app of round % 2 === 0 ? apps : apps.toReversed()) {
          samples[app].push(await ask(servers[app], route, seconds));
        }
      }
      costs.push(...costsOf(route.name, samples));
    }
    return costs;
  } finally {
    await Promise.all(
      children.map(async (child) => {
        if (!child.connected) return;
        child.disconnect();
        await once(child, 'exit');
      }),
    );
  }
}

/**
 * The example imports the package by its name, which Node.js does not find from the folder of the
 * benchmarks.
 */
function linkPackage(): void {
  const modules = new URL('../node_modules/', import.meta.url);
  const link = new URL('feast-permissions', modules);
  if (existsSync(link)) return;
  if (!existsSync('dist/index.js')) {
    throw new Error(
      '`dist/` is missing, which the example of a server imports: run `npm run build` first',
    );
  }
  mkdirSync(modules, { recursive: true });
  symlinkSync(process.cwd(), link, 'dir');
}

function costsOf(route: string, samples: Readonly<Samples>): readonly Cost[] {
  const of = (app: AppName, key: keyof Sample): number =>
    median(samples[app].map((sample) => sample[key]));
  const kept = (
    ratio: (before: Sample, after: Sample) => number,
    [before, after]: readonly AppName[] = ['plain', 'guarded'],
  ): number => {
    const others = samples[after ?? 'guarded'];
    return (
      100 * median(samples[before ?? 'plain'].map((one, at) => ratio(one, others[at] as Sample)))
    );
  };
  const byThroughput = (before: Sample, after: Sample): number =>
    after.requestsPerSecond / before.requestsPerSecond;
  const byTime = (before: Sample, after: Sample): number => before.cpu / after.cpu;
  return [
    { name: `${route}: without a gate`, value: of('plain', 'requestsPerSecond'), unit: 'req/s' },
    { name: `${route}: with a gate`, value: of('guarded', 'requestsPerSecond'), unit: 'req/s' },
    {
      name: `${route}: throughput that is kept`,
      value: kept(byThroughput),
      unit: '%',
    },
    { name: `${route}: processor time without a gate`, value: of('plain', 'cpu'), unit: 'µs' },
    { name: `${route}: processor time with a gate`, value: of('guarded', 'cpu'), unit: 'µs' },
    {
      name: `${route}: throughput that is kept, by processor time`,
      value: kept(byTime),
      unit: '%',
    },
    {
      name: `${route}: throughput that is kept with onRefusal`,
      value: kept(byThroughput, ['guarded', 'told']),
      unit: '%',
    },
    {
      name: `${route}: the same by processor time`,
      value: kept(byTime, ['guarded', 'told']),
      unit: '%',
    },
    ...(samples.logged.length === 0
      ? []
      : [
          {
            name: `${route}: throughput that is kept with a log of decisions in a file`,
            value: kept(byThroughput, ['guarded', 'logged']),
            unit: '%',
          },
          {
            name: `${route}: the log by processor time`,
            value: kept(byTime, ['guarded', 'logged']),
            unit: '%',
          },
        ]),
    {
      name: `${route}: event loop of the server busy`,
      value: Math.min(of('plain', 'busy'), of('guarded', 'busy')) * 100,
      unit: '%',
    },
  ];
}

async function ask(
  { child, port, tokens }: Server,
  route: Route,
  seconds: number,
): Promise<Sample> {
  const requests = tokens.map((token) => encodeRequest(route, headersOf(token, route.body)));
  const before = await usageOf(child);
  const { answers, milliseconds } = await loadServer(port, requests, seconds);
  const after = await usageOf(child);
  const [active, idle] = [after.active - before.active, after.idle - before.idle];
  return {
    requestsPerSecond: (answers * 1000) / milliseconds,
    cpu: ((after.cpu - before.cpu) * 1000) / answers,
    busy: active / (active + idle),
  };
}

function headersOf(token: string | undefined, body: string | undefined): Record<string, string> {
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
}

async function usageOf(child: ChildProcess): Promise<Usage> {
  const usage = messageOf<Usage>(child);
  child.send('usage');
  return usage;
}

/** The next thing that the process says. @throws Error when it ends instead */
async function messageOf<T>(child: ChildProcess): Promise<T> {
  const listening = new AbortController();
  const { signal } = listening;
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error('the servers ended by themselves');
  });
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    return message as T;
  } finally {
    listening.abort();
  }
}

/** A gate that lets everybody through would be fast. */
async function assertGuarded({ method, path, body }: Route, servers: Servers): Promise<void> {
  const statusOf = async (app: AppName, token?: string): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${servers[app].port}${path}`, {
      method,
      headers: headersOf(token, body),
      ...(body === undefined ? {} : { body }),
    });
    return response.status;
  };
  const [token = ''] = servers.guarded.tokens;
  const statuses = [
    await statusOf('plain'),
    await statusOf('guarded'),
    await statusOf('guarded', `${token.slice(0, -8)}AAAAAAAA`),
    await statusOf('guarded', token),
  ];
  if (statuses.join() !== '200,401,401,200') throw new Error(`${path}: ${statuses.join()}`);
}
