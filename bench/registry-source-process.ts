/**
 * Reads a registry from a source as a program does that does nothing else, and prints what that
 * cost. Started by `registry-sources.ts`, with the location of the registry as JSON.
 */
import process from 'node:process';
import { openRegistry, type RegistryLocation } from '../src/registry/index.js';
import { median } from './measure.js';

/** What one process says. Milliseconds of its processor time. */
export interface SourceFigures {
  readonly firstMs: number;
  /** Of later times, by a source of their own each. */
  readonly againMs: number;
  /** Most memory that the system counted until the registry was read for the first time. */
  readonly peakMb: number;
}

const AGAIN = 7;
const location = JSON.parse(process.argv[2] ?? '{}') as RegistryLocation;

async function readingMs(): Promise<number> {
  const source = await openRegistry(location, { env: {} });
  globalThis.gc?.();
  const before = process.cpuUsage();
  const { resources } = await source.read();
  const { user, system } = process.cpuUsage(before);
  if (resources.length === 0) throw new Error('nothing was read');
  return (user + system) / 1000;
}

const firstMs = await readingMs();
const peakMb = process.resourceUsage().maxRSS / 1024;
const times: number[] = [];
for (let time = 0; time < AGAIN; time += 1) times.push(await readingMs());
const figures: SourceFigures = { firstMs, againMs: median(times), peakMb };
process.stdout.write(JSON.stringify(figures));
