/**
 * Reads a registry file as a program does that does nothing else, and prints what that cost.
 * Started by `registry-reading.ts`, with the file and the folder of an earlier build.
 */
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import { openBuild, thisBuild } from './builds.js';
import { median } from './measure.js';

/** What one process says. Milliseconds of processor time, where nothing else is said. */
export interface RegistryFigures {
  /** The first time in a process, when nothing is compiled yet. */
  readonly firstMs: number;
  /** Of later times, as after a change of the registry. */
  readonly againMs: number;
  /** Longest delay of the event loop while the file is read, in milliseconds. */
  readonly delayMs: number;
  /** Most memory that the system counted until the file was read for the first time. */
  readonly peakMb: number;
}

const AGAIN = 7;
const [, , file = '', folder] = process.argv;
const build = folder === undefined ? thisBuild : openBuild(folder);
const { createFileRegistry, decodeRegistry } = await build.load('./registry');
const bytes = new Uint8Array(readFileSync(file));

function decodingMs(): number {
  globalThis.gc?.();
  const before = process.cpuUsage();
  const { resources } = decodeRegistry(bytes);
  const { user, system } = process.cpuUsage(before);
  if (resources.length === 0) throw new Error('nothing was read');
  return (user + system) / 1000;
}

const firstMs = decodingMs();
const peakMb = process.resourceUsage().maxRSS / 1024;
const againMs = median(Array.from({ length: AGAIN }, decodingMs));

const delays: number[] = [];
for (let read = 0; read < AGAIN; read++) {
  const monitor = monitorEventLoopDelay({ resolution: 1 });
  monitor.enable();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await createFileRegistry({ path: file }).read();
  await new Promise((resolve) => setTimeout(resolve, 20));
  monitor.disable();
  delays.push(monitor.max / 1e6);
}

const figures: RegistryFigures = { firstMs, againMs, peakMb, delayMs: Math.min(...delays) };
process.stdout.write(JSON.stringify(figures));
