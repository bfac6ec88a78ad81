/**
 * What reading a registry file costs: processor time and memory of processes that do nothing else,
 * beside Python's protobuf library on the same bytes. Processor time, since what else runs on a
 * machine makes a process wait far more than it makes it work.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureBeside } from './beside.js';
import type { Cost } from './engine-costs.js';
import { generateStore } from './generate-store.js';
import { median } from './measure.js';
import type { RegistryFigures } from './registry-process.js';
import { writeFeatureRepo } from './write-registry.js';

/** Prints the median processor time of parsing a file, in milliseconds. */
const PYTHON = `
import sys, time
from google.protobuf.internal import api_implementation
from feast.protos.feast.core.Registry_pb2 import Registry
if api_implementation.Type() != 'upb': sys.exit('protobuf is not the one in C')
data = open(sys.argv[1], 'rb').read()
times = []
for _ in range(9):
    start = time.process_time()
    registry = Registry()
    registry.ParseFromString(data)
    times.append(time.process_time() - start)
    del registry
print(sorted(times)[4] * 1000)
`;

/**
 * @param turns of each build and of Python
 * @param baseline package folder of an earlier build
 * @param python of an environment with Feast; undefined: one that the slow tests have made, if any
 */
export async function benchRegistryReading(
  size: { readonly permissions: number; readonly resources: number },
  turns: number,
  baseline: string | undefined,
  python: string | undefined,
): Promise<readonly Cost[]> {
  const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-bench-'));
  try {
    await writeFeatureRepo(folder, generateStore({ ...size, requests: 1, project: 'store' }));
    const file = join(folder, 'data', 'registry.db');
    const command = python ?? findPython();
    const parsings: number[] = [];
    const costs = await measureBeside(
      (build) => {
        if (command !== undefined) parsings.push(parsingMs(command, file));
        return costsOf(figuresOf(file, build), statSync(file).size);
      },
      baseline,
      turns,
    );
    return command === undefined ? costs : besidePython(costs, median(parsings));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function figuresOf(file: string, build: string | undefined): RegistryFigures {
  const program = fileURLToPath(new URL('registry-process.js', import.meta.url));
  const child = spawnSync(
    process.execPath,
    ['--expose-gc', program, file, ...(build === undefined ? [] : [build])],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  if (child.status !== 0) throw new Error(`reading ended with ${child.status ?? child.signal}`);
  return JSON.parse(child.stdout) as RegistryFigures;
}

const FIRST = 'first time in a process';
const AGAIN = 'later times';

function costsOf(figures: RegistryFigures, bytes: number): readonly Cost[] {
  const what = `reading a registry file of ${(bytes / 1e6).toFixed(1)} MB, processor time`;
  return [
    { name: `${what}: ${FIRST}`, value: figures.firstMs, unit: 'ms' },
    { name: `${what}: ${AGAIN}`, value: figures.againMs, unit: 'ms' },
    { name: 'longest delay of the event loop meanwhile', value: figures.delayMs, unit: 'ms' },
    { name: 'peak memory of the process', value: figures.peakMb, unit: 'MB' },
  ];
}

/** Adds the shares of the baseline, and multiples of what Python takes. */
function besidePython(costs: readonly Cost[], pythonMs: number): readonly Cost[] {
  const times = costs.filter(({ unit, name }) => unit === 'ms' && name.includes('processor time'));
  return [
    ...costs,
    { name: 'parsing it with the protobuf of Python, in C', value: pythonMs, unit: 'ms' },
    ...times.map(({ name, value, baseline }) => ({
      name: `  in multiples of that: ${name.endsWith(FIRST) ? FIRST : AGAIN}`,
      value: value / pythonMs,
      unit: 'x',
      baseline: baseline === undefined ? undefined : baseline / pythonMs,
    })),
  ];
}

function parsingMs(python: string, file: string): number {
  const child = spawnSync(python, ['-c', PYTHON, file], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.status !== 0) throw new Error(`${python} cannot parse a registry: name one that can`);
  return Number(child.stdout);
}

/** A Python with Feast among what the slow tests have prepared. */
function findPython(): string | undefined {
  const cache = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'feast-permissions',
  );
  try {
    return readdirSync(cache)
      .filter((name) => name.startsWith('python-'))
      .map((name) => join(cache, name, 'bin', 'python'))
      .find(
        (path) =>
          spawnSync(path, ['-c', 'import feast.protos.feast.core.Registry_pb2']).status === 0,
      );
  } catch {
    return undefined;
  }
}
