import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runScript } from './support/run-script.js';

const COMPARE = fileURLToPath(new URL('../../scripts/feast-facts/compare.mjs', import.meta.url));
const READ = fileURLToPath(new URL('../../scripts/feast-facts/read_feast.py', import.meta.url));
const VERSIONS = ['0.66.0', '0.67.0'];

interface Output {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `read_feast.py` prints. */
interface Facts {
  version: string;
  routes: Record<string, [method: string, path: string][]>;
  methods: string[];
  flight: { methods: string[]; written: string[]; read: string[] };
  tools: { name: string; server: string; requests: [method: string, path: string][] }[];
  fields: Record<string, Record<string, [number: number, type: string]>>;
  enums: Record<string, Record<string, number>>;
  auth: Record<string, string[]>;
}

const folder = mkdtempSync(join(tmpdir(), 'feast-facts-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** By version: the file with what that Feast says of itself. */
const files = new Map<string, string>();
beforeAll(async () => {
  const python = await runScript('python-venv.sh');
  for (const version of VERSIONS) {
    const release = await runScript('feast-release.sh', version);
    const { stdout, stderr } = await run(python, [READ], release);
    const file = join(folder, `${version}.json`);
    writeFileSync(file, stdout);
    if (stdout === '') throw new Error(`nothing was read of Feast ${version}:\n${stderr}`);
    files.set(version, file);
  }
  // Feast takes long to import for the first time.
}, 600_000);

function run(file: string, args: readonly string[], path = ''): Promise<Output> {
  return new Promise((resolve) => {
    const env = { ...process.env, PYTHONPATH: path };
    const options = { env, maxBuffer: 64 * 1024 * 1024, timeout: 280_000 };
    execFile(file, [...args], options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ exitCode, stdout, stderr });
    });
  });
}

test.each(VERSIONS)('Feast %s is what the tables say', async (version) => {
  const file = files.get(version) as string;
  expect((JSON.parse(readFileSync(file, 'utf8')) as Facts).version).toBe(version);
  const { exitCode, stdout, stderr } = await run(process.execPath, [COMPARE, file]);
  expect(stdout, stderr).toBe('');
  expect(exitCode, stderr).toBe(0);
});

describe('a Feast that differs', () => {
  test('is told with every difference', async () => {
    const facts = readFileSync(files.get('0.67.0') as string, 'utf8');
    const other = JSON.parse(facts) as Facts;
    other.version = '0.68.0';
    other.routes['online']?.push(['POST', '/export']);
    other.routes['online']?.push(['WEBSOCKET', '/ws/rows']);
    other.routes['registry-rest'] = (other.routes['registry-rest'] ?? []).filter(
      ([, path]) => path !== '/version',
    );
    other.methods.push('/feast.registry.RegistryServer/GrantAll');
    other.flight.read.push('read_everything');
    other.flight.methods.push('do_action');
    other.tools[0]?.requests.push(['POST', '/export']);
    other.tools.push({ name: 'features_export', server: 'online', requests: [] });
    const spec = other.fields['feast.core.PermissionSpec'] ?? {};
    spec['deny'] = [12, 'bool'];
    spec['name_patterns'] = [9, 'repeated string'];
    (other.enums['feast.core.PermissionSpec.AuthzedAction'] ?? {})['EXPORT'] = 8;
    other.auth['oidc']?.push('tenant');
    const file = join(folder, 'other.json');
    writeFileSync(file, JSON.stringify(other));
    const { exitCode, stdout } = await run(process.execPath, [COMPARE, file]);
    expect(exitCode).toBe(1);
    const lines = new Set(stdout.trimEnd().split('\n'));
    expect(lines).toEqual(
      new Set([
        'Feast 0.68.0 is not known: compared with 0.67',
        'field, value or tool feast.core.PermissionSpec.deny is not known',
        'field, value or tool feast.core.PermissionSpec.AuthzedAction.EXPORT is not known',
        'field, value or tool feast mcp.features_export is not known',
        'feast.core.PermissionSpec.name_patterns is 9 repeated string, and was 4 repeated string',
        'we read feast.core.PermissionSpec.name_patterns as 4 repeated string, and it is 9 repeated string',
        'endpoint of online: POST /export is not known',
        'WebSocket /ws/rows of online is not known',
        'endpoint of registry-rest: GET /version is not in Feast 0.68.0',
        'gRPC method /feast.registry.RegistryServer/GrantAll is not known',
        'Flight command that reads: read_everything is not known',
        'Flight method DoAction is not known',
        'MCP tool features_get_online_features asks for POST /export, which is not known',
        'key of auth (oidc): tenant is not known',
      ]),
    );
  });
});
