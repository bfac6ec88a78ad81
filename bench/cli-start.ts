/**
 * What it costs to start the command line: processor time (user and system) of whole processes, of
 * this build and of an earlier one in turn. Processor time, since what else runs on a machine makes
 * a process wait far more than it makes it work.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Cost } from './engine-costs.js';
import { median } from './measure.js';

const COMMANDS: readonly (readonly string[])[] = [
  ['--help'],
  ['audit', resolve('examples/credit_scoring')],
];

const PRINT_CPU_TIME =
  'process.on("exit",()=>{const{user,system}=process.cpuUsage();process.stderr.write(`cpu ${user+system}`)})';

/**
 * The median processor time of some commands, and with a baseline the share of its time.
 *
 * @param runs of each command and build, in turn
 * @param baseline package folder of an earlier build
 * @throws Error if a build lacks its command line, or a command fails
 */
export function benchCliStart(runs: number, baseline: string | undefined): readonly Cost[] {
  const folders = baseline === undefined ? ['.'] : ['.', baseline];
  return COMMANDS.flatMap((argv) => {
    const samples = folders.map((): number[] => []);
    for (let run = 0; run < runs; run++) {
      for (const [index, folder] of folders.entries()) samples[index]?.push(cpuTime(folder, argv));
    }
    const [own = Number.NaN, earlier] = samples.map(median);
    const name = argv[0] ?? '';
    const cost: Cost = { name, value: own, unit: 'ms', baseline: earlier };
    if (earlier === undefined) return [cost];
    return [
      cost,
      { name: `${name}: share of the baseline`, value: (100 * own) / earlier, unit: '%' },
    ];
  });
}

/** In milliseconds. */
function cpuTime(folder: string, argv: readonly string[]): number {
  const cli = resolve(folder, 'dist/cli/main.js');
  if (!existsSync(cli)) throw new Error(`${cli} is missing: run \`npm run build\` there first`);
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(PRINT_CPU_TIME)}`, cli, ...argv],
    { encoding: 'utf8' },
  );
  const micros = /cpu (\d+)$/.exec(stderr)?.[1];
  // The audit of the example has findings.
  if (micros === undefined || (status !== 0 && status !== 1)) throw new Error(`${cli}: ${stderr}`);
  return Number(micros) / 1000;
}
