import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchAuditProcess } from './audit-process.js';
import { measureBeside } from './beside.js';
import { openBuild, thisBuild } from './builds.js';
import { benchCliStart } from './cli-start.js';
import { benchDecisions, DECISIONS_JOB, type DecisionRow, resourcesFor } from './decisions.js';
import { type Cost, JOBS } from './engine-costs.js';
import { generateStore } from './generate-store.js';
import { benchIdentity, IDENTITY_JOB } from './identity.js';
import { benchRedaction } from './redaction.js';
import { benchRegistryReading } from './registry-reading.js';
import { benchRegistrySources } from './registry-sources.js';
import { benchServers } from './servers.js';
import { benchStalls } from './stalls.js';
import { writeFeatureRepo } from './write-registry.js';

const HELP = `usage: npm run bench -- [--only NAME] [--json FILE] [--quick] [--baseline DIR]
       npm run bench -- --write DIR

  --only NAME   decisions, compile, changes, names, questions, registry, analysis, audit, adversaries, bounds,
                identity, redaction, servers, stalls or start; may be given several times
  --json FILE   writes all figures to FILE
  --quick       small sizes only, to see that it runs
  --baseline DIR
                measures an earlier build as well, where a part can, and prints its figures beside:
                DIR is a package folder, built and with its dependencies
  --python FILE a Python with Feast, whose protobuf library reads the same registry. Default: one that
                the slow tests have prepared, if any
  --write DIR   measures nothing: writes a feature repository in Feast's format to DIR, with
                --permissions N (default 10000), --resources N (100000) and --seed N (1)
`;

interface Section {
  readonly permissions: number;
  readonly resources: number;
  readonly costs: readonly Cost[];
}

interface Report {
  readonly node: string;
  readonly cpu: string;
  readonly decisions: DecisionRow[];
  readonly costs: Record<string, Section[]>;
}

const ALL_JOBS: typeof JOBS = { ...JOBS, decisions: DECISIONS_JOB, identity: IDENTITY_JOB };
/** How often both builds are measured where they take turns. */
const TURNS = 5;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    json: { type: 'string' },
    quick: { type: 'boolean', default: false },
    baseline: { type: 'string' },
    python: { type: 'string' },
    write: { type: 'string' },
    permissions: { type: 'string', default: '10000' },
    resources: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    job: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else if (values.job !== undefined) await runJob(values.job);
else if (values.write !== undefined) await writeStore(values.write);
else await runAll();

async function runAll(): Promise<void> {
  const wanted = (name: string): boolean => values.only === undefined || values.only.includes(name);
  const large = !values.quick;
  const report: Report = {
    node: process.version,
    cpu: cpus()[0]?.model ?? '',
    decisions: [],
    costs: {},
  };
  const sizes: readonly (readonly [number, number])[] = large
    ? [[10_000, 100_000]]
    : [[1000, 5000]];
  if (wanted('decisions')) {
    for (const permissions of large ? [10, 100, 1000, 10_000, 100_000] : [10, 100]) {
      const row = await benchDecisions(permissions);
      report.decisions.push(row);
      printDecisions(row);
    }
    if (values.baseline !== undefined) {
      for (const permissions of large ? [10, 1000, 10_000] : [10]) {
        const resources = resourcesFor(permissions);
        const costs = await besideBaseline('decisions', permissions, resources);
        report.costs['decisions'] = [
          ...(report.costs['decisions'] ?? []),
          { permissions, resources, costs },
        ];
        printCosts(`decisions: ${permissions} permissions, ${resources} resources`, costs);
      }
    }
  }
  const section = (
    title: string,
    job: string,
    jobSizes: readonly (readonly [number, number])[],
  ): void => {
    for (const [permissions, resources] of jobSizes) {
      const costs = withBaseline(job, permissions, resources);
      const known = report.costs[title] ?? [];
      report.costs[title] = [...known, { permissions, resources, costs }];
      printCosts(`${title}: ${permissions} permissions, ${resources} resources`, costs);
    }
  };
  if (wanted('compile')) {
    section('compile', 'compile', large ? [...sizes, [100_000, 1_000_000]] : sizes);
    section('compile', 'loop', sizes);
  }
  if (wanted('changes')) section('changes', 'changes', sizes);
  if (wanted('names')) section('names', 'first-seen names', sizes);
  if (wanted('questions')) section('questions', 'questions', sizes);
  if (wanted('registry')) {
    section('registry', 'registry', sizes);
    for (const [permissions, resources] of sizes) {
      const { baseline, python } = values;
      const turns = large ? TURNS : 1;
      const costs = await benchRegistryReading({ permissions, resources }, turns, baseline, python);
      report.costs['reading a registry'] = [{ permissions, resources, costs }];
      printCosts(`reading a registry: ${permissions} permissions, ${resources} resources`, costs);
      const sources = await benchRegistrySources({ permissions, resources }, turns);
      report.costs['reading a registry from databases'] = [
        { permissions, resources, costs: sources },
      ];
      printCosts(
        `reading from databases: ${permissions} permissions, ${resources} resources`,
        sources,
      );
    }
  }
  if (wanted('analysis')) section('analysis', 'analysis', sizes);
  if (wanted('adversaries')) {
    section('adversaries', 'adversaries', large ? [[10_000, 2000]] : [[500, 500]]);
    section('adversaries', 'classes alone', large ? [[1000, 200]] : [[100, 50]]);
  }
  if (wanted('bounds')) section('bounds', 'bounds', large ? [[500, 10_000]] : [[50, 1000]]);
  if (wanted('audit')) {
    for (const [permissions, resources] of sizes) {
      const { baseline } = values;
      const turns = large ? TURNS : 1;
      const costs = await benchAuditProcess({ permissions, resources, turns, baseline });
      report.costs['audit'] = [{ permissions, resources, costs }];
      printCosts(`audit: ${permissions} permissions, ${resources} resources`, costs);
    }
  }
  if (wanted('identity')) {
    const costs = await benchIdentity();
    report.costs['identity'] = [{ permissions: 0, resources: 0, costs }];
    printCosts('identity: one verification of a token', costs);
    if (values.baseline !== undefined) {
      const beside = await besideBaseline('identity', 0, 0);
      report.costs['identity, in turn'] = [{ permissions: 0, resources: 0, costs: beside }];
      printCosts('identity: both builds in turn', beside);
    }
  }
  if (wanted('servers')) {
    const inTurn = values.baseline === undefined ? 10 : 4;
    const rounds = large ? { rounds: inTurn, seconds: 1 } : { rounds: 2, seconds: 0.5 };
    const costs = await measureBeside(
      (folder) => benchServers(rounds, folder),
      values.baseline,
      large ? TURNS : 1,
    );
    report.costs['servers'] = [{ permissions: 0, resources: 0, costs }];
    printCosts('servers: a route of Fastify with and without a gate', costs);
  }
  if (wanted('stalls')) {
    const costs = await benchStalls(large ? 5 : 1, values.baseline);
    report.costs['stalls'] = [{ permissions: 0, resources: 0, costs }];
    printCosts('stalls: longest delay of the event loop during one request', costs);
  }
  if (wanted('start')) {
    const costs = benchCliStart(large ? 21 : 3, values.baseline);
    report.costs['start'] = [{ permissions: 0, resources: 0, costs }];
    printCosts('start of the command line: processor time of the process', costs);
  }
  if (wanted('redaction')) {
    const rows = benchRedaction(large ? undefined : [1, 100], large ? 100 : 5);
    const costs = rows.flatMap(
      ({ secrets, mbPerSecond, copyMbPerSecond, replaceAllMbPerSecond }) => [
        { name: `${secrets} secrets`, value: mbPerSecond, unit: 'MB/s' },
        {
          name: `${secrets} secrets: replaceAll for each`,
          value: replaceAllMbPerSecond,
          unit: 'MB/s',
        },
        { name: `${secrets} secrets: floor, copying`, value: copyMbPerSecond, unit: 'MB/s' },
      ],
    );
    report.costs['redaction'] = [{ permissions: 0, resources: 0, costs }];
    printCosts('redaction of a log in chunks', costs);
    const [secrets, tokens] = large ? [100, 20_000] : [100, 1000];
    const worst = withBaseline('redaction', secrets, tokens);
    report.costs['redaction, at worst'] = [{ permissions: 0, resources: 0, costs: worst }];
    printCosts(`redaction at worst: ${secrets} secrets, ${tokens} tokens`, worst);
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
}

async function writeStore(folder: string): Promise<void> {
  const size = {
    permissions: Number(values.permissions),
    resources: Number(values.resources),
    seed: Number(values.seed),
  };
  await writeFeatureRepo(folder, generateStore({ ...size, requests: 1, project: 'store' }));
  process.stdout.write(
    `${size.permissions} permissions and ${size.resources} resources are in ${folder}\n`,
  );
}

/** The figures of a job in both builds in turn, each time in a process of its own. */
function besideBaseline(
  job: string,
  permissions: number,
  resources: number,
): Promise<readonly Cost[]> {
  return measureBeside(
    (folder) =>
      inOwnProcess(
        job,
        permissions,
        resources,
        folder === undefined ? [] : [`--baseline=${folder}`],
      ),
    values.baseline,
    values.quick ? 1 : TURNS,
  );
}

/** The figures of a job, with those of the baseline beside them where one is given. */
function withBaseline(job: string, permissions: number, resources: number): readonly Cost[] {
  const costs = inOwnProcess(job, permissions, resources);
  const { baseline } = values;
  if (baseline === undefined) return costs;
  const earlier = inOwnProcess(job, permissions, resources, [`--baseline=${baseline}`]);
  return costs.map((cost, index) => ({ ...cost, baseline: earlier[index]?.value }));
}

/** The same program with `--job`, so that a job has a heap of its own. */
function inOwnProcess(
  job: string,
  permissions: number,
  resources: number,
  more: readonly string[] = [],
): readonly Cost[] {
  const program = fileURLToPath(import.meta.url);
  const child = spawnSync(
    process.execPath,
    [
      '--expose-gc',
      '--max-semi-space-size=512',
      '--max-old-space-size=8192',
      program,
      `--job=${job}:${permissions}:${resources}`,
      ...more,
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 26 },
  );
  if (child.status !== 0) throw new Error(`job ${job} ended with ${child.status ?? child.signal}`);
  return JSON.parse(child.stdout) as Cost[];
}

async function runJob(text: string): Promise<void> {
  const [name = '', permissions, resources] = text.split(':');
  const job = ALL_JOBS[name];
  if (job === undefined) throw new Error(`there is no job ${name}`);
  const build = values.baseline === undefined ? thisBuild : openBuild(values.baseline);
  process.stdout.write(JSON.stringify(await job(Number(permissions), Number(resources), build)));
}

/** The command line as a user runs it, on a registry file; its memory as the system counts it. */

function printDecisions({ permissions, resources, allowed, engines }: DecisionRow): void {
  const nsOf = (start: string): number =>
    engines.find(({ name }) => name.startsWith(start))?.nsPerDecision ?? Number.NaN;
  const floor = nsOf('floor');
  const bound = nsOf('feast-permissions, bound');
  const share = Math.round(allowed * 100);
  process.stdout.write(
    `\n${permissions} permissions, ${resources} resources, ${share} % of the requests allowed\n`,
  );
  for (const { name, nsPerDecision } of engines) {
    const [ofFloor, ofBound] = [floor, bound].map((other) => {
      const ratio = nsPerDecision / other;
      return ratio.toFixed(ratio < 10 ? 2 : 0).padStart(8);
    });
    process.stdout.write(
      `  ${name.padEnd(46)} ${nsPerDecision.toFixed(0).padStart(9)} ns ${ofFloor} x floor ${ofBound} x bound\n`,
    );
  }
}

function printCosts(title: string, costs: readonly Cost[]): void {
  process.stdout.write(`\n${title}\n`);
  for (const { name, value, unit, baseline } of costs) {
    const beside = baseline === undefined ? '' : `   baseline ${figure(baseline)} ${unit}`;
    process.stdout.write(`  ${name.padEnd(84)} ${figure(value)} ${unit}${beside}\n`);
  }
}

function figure(value: number): string {
  return value.toFixed(Math.abs(value) < 10 ? 2 : 0).padStart(12);
}
