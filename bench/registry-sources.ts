/**
 * What reading the same registry costs from a database, beside the file: processor time of
 * processes that do nothing else. What the server of a database does is not counted.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { RegistryLocation } from '../src/registry/index.js';
import { startPostgresqlServer, tablesOf, writeRegistry } from '../test/e2e/support/sql-places.js';
import { rowsOf } from '../test/registry/support/feast-tables.js';
import { writeSqlite } from '../test/registry/support/sqlite-place.js';
import type { Cost } from './engine-costs.js';
import { generateStore } from './generate-store.js';
import { median } from './measure.js';
import type { SourceFigures } from './registry-source-process.js';
import { writeFeatureRepo } from './write-registry.js';

/** @param turns of each source, one after the other */
export async function benchRegistrySources(
  size: { readonly permissions: number; readonly resources: number },
  turns: number,
): Promise<readonly Cost[]> {
  const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-bench-'));
  try {
    await writeFeatureRepo(folder, generateStore({ ...size, requests: 1, project: 'store' }));
    const file = join(folder, 'data', 'registry.db');
    const sqlite = join(folder, 'data', 'registry.sqlite');
    const rows = rowsOf(new Uint8Array(readFileSync(file)));
    writeSqlite(sqlite, rows);
    const places: [string, RegistryLocation][] = [
      ['file', { type: 'file', path: file }],
      ['SQLite', { type: 'sql', url: `sqlite:///${sqlite}` }],
    ];
    const server = await startPostgresqlServer().catch((error: unknown) => {
      process.stdout.write(`PostgreSQL is left out: ${(error as Error).message.split('\n')[0]}\n`);
      return undefined;
    });
    try {
      if (server !== undefined) {
        await server.create('bench');
        await server.run('bench', ...tablesOf(server));
        await writeRegistry(server, 'bench', rows);
        places.push(['PostgreSQL', { type: 'sql', url: server.url('bench') }]);
      }
      return measureInTurn(places, turns);
    } finally {
      await server?.stop();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measureInTurn(
  places: readonly (readonly [string, RegistryLocation])[],
  turns: number,
): readonly Cost[] {
  const figures = new Map<string, SourceFigures[]>(places.map(([name]) => [name, []]));
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [name, location] of places) figures.get(name)?.push(figuresOf(location));
  }
  const of = (name: string, field: keyof SourceFigures): number =>
    median((figures.get(name) ?? []).map((one) => one[field]));
  return places.flatMap(([name]): readonly Cost[] => [
    { name: `${name}: first time in a process`, value: of(name, 'firstMs'), unit: 'ms' },
    { name: `${name}: later times`, value: of(name, 'againMs'), unit: 'ms' },
    ...(name === 'file'
      ? []
      : (['firstMs', 'againMs'] as const).map((field) => ({
          name: `  in multiples of the file: ${field === 'firstMs' ? 'first time' : 'later times'}`,
          value: of(name, field) / of('file', field),
          unit: 'x' as const,
        }))),
    { name: `${name}: peak memory of the process`, value: of(name, 'peakMb'), unit: 'MB' },
  ]);
}

function figuresOf(location: RegistryLocation): SourceFigures {
  const program = fileURLToPath(new URL('registry-source-process.js', import.meta.url));
  const child = spawnSync(process.execPath, ['--expose-gc', program, JSON.stringify(location)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.status !== 0) throw new Error(`reading ended with ${child.status ?? child.signal}`);
  return JSON.parse(child.stdout) as SourceFigures;
}
