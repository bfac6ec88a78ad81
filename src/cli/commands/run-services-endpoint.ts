import { type FileHandle, open, rm } from 'node:fs/promises';
import { ConfigInvalidError, quote } from '../../model/index.js';
import {
  applyEndpointAccess,
  createEndpointToken,
  DEFAULT_TOKEN_SECONDS,
  describeEndpointGrant,
  type EndpointAccessPlan,
  type EndpointFile,
  type EndpointFinding,
  parseEndpointFile,
  planEndpointAccess,
  verifyEndpointAccess,
} from '../../platforms/databricks/endpoints/index.js';
import { formatPrincipal } from '../../platforms/databricks/vocabulary/index.js';
import {
  createWorkspaceClient,
  type WorkspaceClient,
} from '../../platforms/databricks/workspace/index.js';
import { type Arguments, UsageError } from '../command.js';
import type { CommandIo } from '../command-io.js';
import { confirmChanges } from '../confirm-changes.js';
import { withProgress } from '../progress.js';
import {
  readOneFile,
  type ServicesChanges,
  writeChanges,
  writeFindings,
} from '../services-changes.js';

/** Runs `services endpoint plan`. */
export async function runServicesEndpointPlan(args: Arguments, io: CommandIo): Promise<number> {
  const { file, workspace } = await openFile(args, io);
  const plan = await ask(io, () => planEndpointAccess(workspace, file.access));
  return writeChanges(toChanges(plan, false), args, io);
}

/** Runs `services endpoint apply`. */
export async function runServicesEndpointApply(args: Arguments, io: CommandIo): Promise<number> {
  const { file, workspace } = await openFile(args, io);
  const tokenFile = args.get('token-file');
  if (tokenFile !== undefined && file.token === undefined) {
    throw new UsageError('`--token-file` needs a `token` in FILE');
  }
  const plan = await ask(io, () => planEndpointAccess(workspace, file.access));
  const planned = withToken(toChanges(plan, false), file, tokenFile);
  if (args.has('dry-run') || planned.changes.length === 0) {
    return writeChanges(planned, args, io);
  }
  if (!(await confirmChanges(planned, args, io))) return 1;
  const done = await ask(io, () => grantAll(file, workspace, tokenFile));
  return writeChanges(done, args, io);
}

/** Runs `services endpoint verify`. */
export async function runServicesEndpointVerify(args: Arguments, io: CommandIo): Promise<number> {
  const { file, workspace } = await openFile(args, io);
  const findings = await ask(io, () => verifyEndpointAccess(workspace, file.access));
  return writeFindings(findings.map(toFinding), args, io);
}

async function openFile(
  args: Arguments,
  { env }: CommandIo,
): Promise<{ readonly file: EndpointFile; readonly workspace: WorkspaceClient }> {
  const { file: path, text } = await readOneFile(args);
  const file = parseEndpointFile(text, { file: path, env });
  return { file, workspace: createWorkspaceClient(file.connect()) };
}

function ask<T>({ stderr }: CommandIo, work: () => Promise<T>): Promise<T> {
  return withProgress(stderr, (progress) => {
    progress.start('asking the workspace');
    return work();
  });
}

function toChanges({ changes, findings }: EndpointAccessPlan, applied: boolean): ServicesChanges {
  return {
    changes: changes.map((grant) => ({
      where: grant.endpoint,
      message: describeEndpointGrant(grant),
    })),
    findings: findings.map(toFinding),
    applied,
    details: {},
  };
}

function toFinding({
  rule,
  endpoint,
  message,
}: EndpointFinding): ServicesChanges['findings'][number] {
  return { rule, where: endpoint, message };
}

/** The changes with the token that is made, where one is. */
function withToken(
  changes: ServicesChanges,
  { token }: EndpointFile,
  path: string | undefined,
): ServicesChanges {
  if (token === undefined || path === undefined) return changes;
  const { applicationId, lifetimeSeconds = DEFAULT_TOKEN_SECONDS } = token.request;
  const who = formatPrincipal({ kind: 'service-principal', name: applicationId });
  const message = `make a token of ${who} that ends after ${lifetimeSeconds} s, and write it to ${quote(path)}`;
  return { ...changes, changes: [...changes.changes, { where: 'token', message }] };
}

/** The file of the token is there before anything is done: nothing is, where it cannot be made. */
async function grantAll(
  file: EndpointFile,
  workspace: WorkspaceClient,
  tokenFile: string | undefined,
): Promise<ServicesChanges> {
  const grant = async (): Promise<ServicesChanges> =>
    toChanges(await applyEndpointAccess(workspace, file.access), true);
  if (tokenFile === undefined) return grant();
  const handle = await openNew(tokenFile);
  try {
    const done = withToken(await grant(), file, tokenFile);
    return { ...done, details: await makeToken(file, tokenFile, handle) };
  } catch (error) {
    await rm(tokenFile, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

async function makeToken(
  { token: wanted }: EndpointFile,
  path: string,
  handle: FileHandle,
): Promise<Readonly<Record<string, string>>> {
  if (wanted === undefined) return {};
  const { tokenId, expiresAt, earlier } = await createEndpointToken(
    createWorkspaceClient(wanted.connect()),
    wanted.request,
    {
      keep: async (token) => {
        await handle.writeFile(`${token}\n`);
        // A disk that is full may say so only now.
        await handle.sync();
      },
    },
  );
  return {
    token: `written to ${path}`,
    'token id': tokenId,
    'token ends': expiresAt === undefined ? 'unknown' : new Date(expiresAt).toISOString(),
    'earlier tokens of this comment': String(earlier),
  };
}

async function openNew(path: string): Promise<FileHandle> {
  try {
    // SECURITY: a new file, so that no other process has it open and nothing is overwritten.
    return await open(path, 'wx', 0o600);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new ConfigInvalidError(`nothing was changed: ${quote(path)} cannot be created (${code})`);
  }
}
