/**
 * How long the worst requests hold up a server: the longest delay of its event loop, while it
 * answers one of them.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Cost } from './engine-costs.js';
import { STALL_CASES, type StallCase } from './stall-cases.js';
import { listFlights } from './stalls-flight.js';
import type { StallMessage } from './stalls-process.js';

/** A server that is still busy then is ended: its figure is this. */
const LIMIT_MS = 30_000;
const REQUESTS = 3;

/**
 * @param rounds each with a new server, of this build and of the baseline in turn; figures are the
 *   least of the rounds, since what else the machine does only adds to them
 * @param baseline folder of an earlier build
 */
export async function benchStalls(rounds: number, baseline: string | undefined): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (const stallCase of STALL_CASES) {
    const own: number[] = [];
    const earlier: number[] = [];
    for (let round = 0; round < rounds; round++) {
      own.push(await longestStall(stallCase, []));
      if (baseline !== undefined && (round === 0 || Math.min(...earlier) < LIMIT_MS))
        earlier.push(await longestStall(stallCase, [baseline]));
    }
    costs.push({
      name: stallCase.name,
      value: Math.min(...own),
      unit: 'ms',
      baseline: baseline === undefined ? undefined : Math.min(...earlier),
    });
  }
  return costs;
}

async function longestStall(
  { name, namesOf, inAnswer = false }: StallCase,
  build: readonly string[],
): Promise<number> {
  const server = fork(fileURLToPath(new URL('stalls-process.js', import.meta.url)), [
    name,
    ...build,
  ]);
  try {
    const started = await messageOf(server);
    if (!('port' in started)) throw new Error('the server did not start');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await longestDelay(server);
    let longest = 0;
    for (let round = 0; round < REQUESTS; round++) {
      const asked =
        namesOf === undefined
          ? new Promise((resolve) => setTimeout(resolve, 1000))
          : (inAnswer ? listFlights : ask)(started.port, namesOf(round));
      const isLate = await Promise.race([asked.then(() => false), late()]);
      if (isLate) return LIMIT_MS;
      longest = Math.max(longest, await longestDelay(server));
    }
    return longest;
  } finally {
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
}

/** Waits for an answer, whatever it is: a request that asks for too much may be refused. */
async function ask(port: number, names: readonly string[]): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/views`, {
    method: 'POST',
    headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
    body: JSON.stringify(names),
  });
  const text = await response.text();
  if (![200, 403, 422].includes(response.status)) throw new Error(`answered with ${text}`);
}

async function longestDelay(server: ChildProcess): Promise<number> {
  const answer = messageOf(server);
  server.send('longest');
  const message = await answer;
  return 'longestMs' in message ? message.longestMs : Number.NaN;
}

async function messageOf(server: ChildProcess): Promise<StallMessage> {
  const [message] = await once(server, 'message');
  return message as StallMessage;
}

function late(): Promise<boolean> {
  return new Promise((resolve) => setTimeout(() => resolve(true), LIMIT_MS).unref());
}
