/**
 * What an audit costs as a whole process, with each of its reports: processor time and memory, of
 * this build and of an earlier one in turn. An earlier build writes JSON, whatever this one writes.
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Cost } from './engine-costs.js';
import { generateStore } from './generate-store.js';
import { median } from './measure.js';
import { writeFeatureRepo } from './write-registry.js';

const FORMATS = [
  'json',
  'table',
  'markdown',
  'sarif',
  'github',
  'gitlab',
  'junit',
  'html',
] as const;
type Format = (typeof FORMATS)[number];

const PRINT_USAGE =
  'process.on("exit",()=>{const{userCPUTime,systemCPUTime,maxRSS}=process.resourceUsage();process.stderr.write(`used ${userCPUTime+systemCPUTime} ${maxRSS}`)})';

/** The size of a store, and how often each build is measured. */
export interface AuditProcessOptions {
  readonly permissions: number;
  readonly resources: number;
  readonly turns: number;
  /** Package folder of an earlier build. */
  readonly baseline: string | undefined;
}

/**
 * The median processor time and peak memory of an audit with each format, and with a baseline the
 * share of its time.
 *
 * @throws Error if a build lacks its command line, or an audit leaves something out
 */
export async function benchAuditProcess({
  permissions,
  resources,
  turns,
  baseline,
}: AuditProcessOptions): Promise<readonly Cost[]> {
  const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-bench-'));
  try {
    const store = generateStore({ permissions, resources, requests: 1, project: 'store' });
    await writeFeatureRepo(folder, store);
    const out = join(folder, 'report');
    const own = new Map(FORMATS.map((format) => [format, [] as Usage[]]));
    const earlier: Usage[] = [];
    for (let turn = 0; turn < turns; turn++) {
      for (const format of FORMATS) own.get(format)?.push(audit('.', folder, format, out));
      if (baseline !== undefined) earlier.push(audit(baseline, folder, 'json', out));
      if (turn === 0) checkReport('.', folder, out, resources);
    }
    return FORMATS.flatMap((format) => costsOf(format, own.get(format) ?? [], earlier));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Usage {
  /** In milliseconds. */
  readonly time: number;
  /** In megabytes. */
  readonly memory: number;
}

function costsOf(
  format: Format,
  own: readonly Usage[],
  earlier: readonly Usage[],
): readonly Cost[] {
  const value = median(own.map(({ time }) => time));
  const before = earlier.length === 0 ? undefined : median(earlier.map(({ time }) => time));
  const memory = median(own.map((one) => one.memory));
  const memoryBefore = earlier.length === 0 ? undefined : median(earlier.map((one) => one.memory));
  const name = `audit --format ${format}`;
  return [
    { name: `${name}: processor time`, value, unit: 'ms', baseline: before },
    ...(before === undefined
      ? []
      : [{ name: `${name}: share of the baseline`, value: (100 * value) / before, unit: '%' }]),
    { name: `${name}: peak memory`, value: memory, unit: 'MB', baseline: memoryBefore },
  ];
}

function audit(build: string, store: string, format: Format, out: string): Usage {
  const cli = resolve(build, 'dist/cli/main.js');
  if (!existsSync(cli)) throw new Error(`${cli} is missing: run \`npm run build\` there first`);
  const file = openSync(out, 'w');
  try {
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        '--import',
        `data:text/javascript,${encodeURIComponent(PRINT_USAGE)}`,
        cli,
        'audit',
        store,
        `--format=${format}`,
        '--fail-on=never',
      ],
      { stdio: ['ignore', file, 'pipe'], encoding: 'utf8' },
    );
    const [, micros, kilobytes] = /used (\d+) (\d+)$/.exec(stderr) ?? [];
    if (status !== 0 || micros === undefined) throw new Error(`${cli}: ${stderr}`);
    if (statSync(out).size === 0) throw new Error(`${cli}: the report ${format} is empty`);
    return { time: Number(micros) / 1000, memory: Number(kilobytes) / 1024 };
  } finally {
    closeSync(file);
  }
}

/** @throws Error if the JSON report does not count all resources */
function checkReport(build: string, store: string, out: string, resources: number): void {
  audit(build, store, 'json', out);
  const { summary } = JSON.parse(readFileSync(out, 'utf8')) as {
    readonly summary: { readonly resources: number };
  };
  if (summary.resources < resources) throw new Error('the audit left something out');
}
