import {
  applyCredentialAccess,
  applyStoreSecrets,
  type CredentialAccessPlan,
  describeCredentialGrant,
  describeStoreChange,
  parseCredentialFile,
  parseStoreFile,
  planCredentialAccess,
  planStoreSecrets,
  type StorePlan,
} from '../../platforms/databricks/endpoints/index.js';
import { createWorkspaceClient } from '../../platforms/databricks/workspace/index.js';
import type { Arguments } from '../command.js';
import type { CommandIo } from '../command-io.js';
import { confirmChanges } from '../confirm-changes.js';
import { withProgress } from '../progress.js';
import { readOneFile, type ServicesChanges, writeChanges } from '../services-changes.js';

/** What a file wants, and how it is planned and done. */
interface Wanted {
  readonly plan: () => Promise<ServicesChanges>;
  readonly apply: () => Promise<ServicesChanges>;
}

/** Runs `services store plan`. */
export async function runServicesStorePlan(args: Arguments, io: CommandIo): Promise<number> {
  return plan(await openStore(args, io), args, io);
}

/** Runs `services store apply`. */
export async function runServicesStoreApply(args: Arguments, io: CommandIo): Promise<number> {
  return apply(await openStore(args, io), args, io);
}

/** Runs `services credential plan`. */
export async function runServicesCredentialPlan(args: Arguments, io: CommandIo): Promise<number> {
  return plan(await openCredential(args, io), args, io);
}

/** Runs `services credential apply`. */
export async function runServicesCredentialApply(args: Arguments, io: CommandIo): Promise<number> {
  return apply(await openCredential(args, io), args, io);
}

async function plan(wanted: Wanted, args: Arguments, io: CommandIo): Promise<number> {
  return writeChanges(await ask(io, wanted.plan), args, io);
}

async function apply(wanted: Wanted, args: Arguments, io: CommandIo): Promise<number> {
  const planned = await ask(io, wanted.plan);
  // What cannot be done is not asked about.
  const isBlocked = planned.findings.some(({ rule }) => rule === 'blocked');
  if (args.has('dry-run') || isBlocked || planned.changes.length === 0) {
    return writeChanges(planned, args, io);
  }
  if (!(await confirmChanges(planned, args, io))) return 1;
  return writeChanges(await ask(io, wanted.apply), args, io);
}

async function openStore(args: Arguments, { env }: CommandIo): Promise<Wanted> {
  const { file, text } = await readOneFile(args);
  const { store, connect } = parseStoreFile(text, { file, env });
  const workspace = createWorkspaceClient(connect());
  const secrets = store();
  return {
    plan: async () => storeChanges(await planStoreSecrets(workspace, secrets), false),
    apply: async () => storeChanges(await applyStoreSecrets(workspace, secrets), true),
  };
}

async function openCredential(args: Arguments, { env }: CommandIo): Promise<Wanted> {
  const { file, text } = await readOneFile(args);
  const { access, connect } = parseCredentialFile(text, { file, env });
  const workspace = createWorkspaceClient(connect());
  return {
    plan: async () => credentialChanges(await planCredentialAccess(workspace, access), false),
    apply: async () => credentialChanges(await applyCredentialAccess(workspace, access), true),
  };
}

function storeChanges({ changes, findings }: StorePlan, applied: boolean): ServicesChanges {
  return {
    changes: changes.map((change) => ({
      where: change.scope,
      message: describeStoreChange(change),
    })),
    findings: findings.map(({ rule, scope, message }) => ({ rule, where: scope, message })),
    applied,
    details: {},
  };
}

function credentialChanges(
  { changes, findings }: CredentialAccessPlan,
  applied: boolean,
): ServicesChanges {
  return {
    changes: changes.map((grant) => ({
      where: grant.credential,
      message: describeCredentialGrant(grant),
    })),
    findings: findings.map(({ rule, credential, message }) => ({
      rule,
      where: credential,
      message,
    })),
    applied,
    details: {},
  };
}

function ask<T>({ stderr }: CommandIo, work: () => Promise<T>): Promise<T> {
  return withProgress(stderr, (progress) => {
    progress.start('asking the workspace');
    return work();
  });
}
