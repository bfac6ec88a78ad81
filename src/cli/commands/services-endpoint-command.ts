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
import { type Arguments, type Command, type OptionSpec, UsageError } from '../command.js';
import type { CommandIo } from '../command-io.js';
import { withProgress } from '../progress.js';
import {
  CHANGE_OPTIONS,
  confirmChanges,
  readOneFile,
  type ServicesChanges,
  SHOW_OPTIONS,
  writeChanges,
} from '../services-changes.js';

const USAGE = '[OPTIONS] FILE';

const TOKEN_FILE: OptionSpec = {
  name: 'token-file',
  value: 'FILE',
  help: "Make the token of FILE's `token`, and write it to a new file that nobody else may read",
};

const NOTES: readonly string[] = [
  'FILE is YAML: `workspace` (`host`, `credentials`), `endpoints`, `service_principals` (application ids), `level`, and a',
  'short-lived `token` where one is needed. Secrets are `${NAME}`: variables of the environment.',
];

/** `services endpoint plan`: what service principals lack to query endpoints. */
export const servicesEndpointPlanCommand: Command = {
  name: 'services endpoint plan',
  summary: 'Show which service principals lack access to serving endpoints',
  usage: USAGE,
  manyPaths: true,
  options: SHOW_OPTIONS,
  exitCodes: {
    0: 'nothing to change and nothing found',
    1: 'something to change, or a finding',
    2: 'the command line or the file cannot be understood, or the workspace cannot be asked',
  },
  notes: NOTES,
  async run(args, io) {
    const { file, workspace } = await openFile(args, io);
    const plan = await ask(io, () => planEndpointAccess(workspace, file.access));
    await writeChanges(toChanges(plan, false), args, io);
    return plan.changes.length + plan.findings.length > 0 ? 1 : 0;
  },
};

/** `services endpoint apply`: grants what is missing, and nothing else. */
export const servicesEndpointApplyCommand: Command = {
  name: 'services endpoint apply',
  summary: 'Let service principals query serving endpoints',
  usage: USAGE,
  manyPaths: true,
  options: [TOKEN_FILE, ...CHANGE_OPTIONS],
  exitCodes: {
    0: 'all is as the file says',
    1: 'a finding that is left to people, or changes that were not wanted',
    2: 'the command line or the file cannot be understood, or the workspace cannot be asked',
  },
  notes: NOTES,
  async run(args, io) {
    const { file, workspace } = await openFile(args, io);
    const tokenFile = args.get('token-file');
    if (tokenFile !== undefined && file.token === undefined) {
      throw new UsageError('`--token-file` needs a `token` in FILE');
    }
    const plan = await ask(io, () => planEndpointAccess(workspace, file.access));
    const planned = withToken(toChanges(plan, false), file, tokenFile);
    if (args.has('dry-run') || planned.changes.length === 0) {
      await writeChanges(planned, args, io);
      return planned.changes.length + planned.findings.length > 0 ? 1 : 0;
    }
    if (!(await confirmChanges(planned, args, io))) return 1;
    const done = await ask(io, () => grantAll(file, workspace, tokenFile));
    await writeChanges(done, args, io);
    return done.findings.length > 0 ? 1 : 0;
  },
};

/** `services endpoint verify`: where a workspace differs from the file. */
export const servicesEndpointVerifyCommand: Command = {
  name: 'services endpoint verify',
  summary: 'Find where access to serving endpoints differs from a file',
  usage: USAGE,
  manyPaths: true,
  options: SHOW_OPTIONS,
  exitCodes: {
    0: 'all is as the file says',
    1: 'at least one difference',
    2: 'the command line or the file cannot be understood, or the workspace cannot be asked',
  },
  notes: NOTES,
  async run(args, io) {
    const { file, workspace } = await openFile(args, io);
    const findings = await ask(io, () => verifyEndpointAccess(workspace, file.access));
    await writeChanges(toChanges({ changes: [], findings }, false), args, io);
    return findings.length > 0 ? 1 : 0;
  },
};

async function openFile(
  args: Arguments,
  { env }: CommandIo,
): Promise<{ readonly file: EndpointFile; readonly workspace: WorkspaceClient }> {
  const { file: path, text } = await readOneFile(args, USAGE);
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
    findings: findings.map(({ rule, endpoint, message }: EndpointFinding) => ({
      rule,
      where: endpoint,
      message,
    })),
    applied,
    details: {},
  };
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
    // SECURITY: new, so that nobody holds it open already, and nothing that is there is written over.
    return await open(path, 'wx', 0o600);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new ConfigInvalidError(`nothing was changed: ${quote(path)} cannot be created (${code})`);
  }
}
