import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  servicesCredentialApplyCommand,
  servicesCredentialPlanCommand,
  servicesStoreApplyCommand,
  servicesStorePlanCommand,
} from '../../../src/cli/commands/services-access-command.js';
import { type FakeWorkspace, startFakeWorkspace } from '../../support/databricks/index.js';
import { type CommandResult, runCommand } from '../run-command.js';

const KEY = 'secret-access-key-of-the-store';
const COMMANDS = {
  store: [
    servicesStorePlanCommand,
    servicesStoreApplyCommand,
    `prefix: online
provider: dynamodb
read:
  scope: feast-read
  readers: [ml]
  secrets: { access-key-id: "\${KEY_ID}", secret-access-key: "\${KEY}" }
`,
  ],
  credential: [
    servicesCredentialPlanCommand,
    servicesCredentialApplyCommand,
    'credentials: [vault]\nprincipals: [ml]\n',
  ],
} as const;

let folder: string;
let file: string;
let workspace: FakeWorkspace;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'services-access-'));
  file = join(folder, 'access.yaml');
  workspace = await startFakeWorkspace({
    groups: ['ml'],
    serviceCredentials: [{ name: 'vault', cloud: 'azure' }],
  });
});
afterEach(async () => {
  await workspace.stop();
  rmSync(folder, { recursive: true });
});

describe.each(['store', 'credential'] as const)('services %s', (what) => {
  const [planCommand, applyCommand, text] = COMMANDS[what];
  const run = (
    command: typeof planCommand,
    argv: readonly string[] = [],
  ): Promise<CommandResult> => {
    writeFileSync(
      file,
      `workspace:
  host: ${workspace.origin}
  ca_cert_path: ${workspace.caCertPath}
  credentials: { token: "\${ADMIN_TOKEN}" }
${text}`,
    );
    const env = { ADMIN_TOKEN: workspace.adminToken, KEY_ID: 'AKIA-of-the-store', KEY };
    return runCommand(command, [file, ...argv], { env });
  };
  const writes = (): number => workspace.journal.filter(({ method }) => method !== 'GET').length;

  test('plans, asks, applies and finds nothing left', async () => {
    const planned = await run(planCommand);
    expect(planned.exitCode).toBe(1);
    expect(planned.stdout).toContain('to do');
    const dry = await run(applyCommand, ['--dry-run']);
    expect([dry.exitCode, dry.stdout]).toEqual([1, planned.stdout]);
    await expect(run(applyCommand)).rejects.toThrow('`--yes` is needed');
    expect(writes()).toBe(0);

    const applied = await run(applyCommand, ['--yes']);
    expect(applied.exitCode).toBe(0);
    expect(applied.stdout).toContain('DONE');
    const left = await run(planCommand);
    expect([left.exitCode, left.stdout]).toEqual([0, 'nothing to do\n']);
    for (const { stdout, stderr } of [planned, dry, applied, left]) {
      expect(stdout + stderr).not.toContain(KEY);
    }
  });
});
