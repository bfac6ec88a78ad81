import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { decodeUtf8 } from '../../foundation/utf8.js';
import { ConfigInvalidError } from '../../model/index.js';
import { MAX_SERVICES_TEXT, parseServicesText } from '../../platforms/databricks/acl/index.js';
import {
  applyLink,
  assertApplicable,
  describeLinkChange,
  type LinkChange,
  type LinkFile,
  type LinkFinding,
  type LinkPlan,
  type LinkStateFile,
  parseLinkFile,
  planLink,
  type Renewal,
  readLinkState,
  rotateLink,
  verifyLink,
  verifyLinkFiles,
} from '../../platforms/databricks/links/index.js';
import type { Arguments } from '../command.js';
import type { CommandIo } from '../command-io.js';
import { confirmChanges } from '../confirm-changes.js';
import { type Progress, withProgress } from '../progress.js';
import {
  readOneFile,
  type ServicesChanges,
  writeChanges,
  writeFindings,
} from '../services-changes.js';

/** Runs `services link plan`. */
export async function runServicesLinkPlan(args: Arguments, io: CommandIo): Promise<number> {
  const links = (await parseFile(args, io)).connect();
  return writePlan(await ask(io, () => planLink(links)), args, io);
}

/** Runs `services link apply`. */
export async function runServicesLinkApply(args: Arguments, io: CommandIo): Promise<number> {
  return change(args, io, 'broken', applyLink);
}

/** Runs `services link verify`. */
export async function runServicesLinkVerify(args: Arguments, io: CommandIo): Promise<number> {
  const file = await parseFile(args, io);
  const states = args.all('state');
  const findings =
    states.length > 0
      ? verifyLinkFiles(
          file.rules,
          await Promise.all(states.map((state) => readState(state, file.rules))),
        )
      : await ask(io, () => verifyLink(file.connect()));
  return writeFindings(findings.map(toFinding), args, io);
}

/** Runs `services link rotate`. */
export async function runServicesLinkRotate(args: Arguments, io: CommandIo): Promise<number> {
  const force = args.has('force');
  const rotate: typeof applyLink = (links, options) => rotateLink(links, { ...options, force });
  return change(args, io, force ? 'all' : 'due', rotate);
}

/** Shows the plan, and carries it out where that is wanted. */
async function change(
  args: Arguments,
  io: CommandIo,
  renewal: Renewal,
  carryOut: typeof applyLink,
): Promise<number> {
  const links = (await parseFile(args, io)).connect();
  const plan = await ask(io, () => planLink(links, { renewal }));
  if (args.has('dry-run')) return writePlan(plan, args, io);
  // Blocked changes need no confirmation.
  assertApplicable(plan, renewal);
  if (plan.changes.length === 0) return writePlan(plan, args, io);
  if (!(await confirmChanges(toChanges(plan), args, io))) return 1;
  let last: LinkChange | undefined;
  const work = ask(io, (show) =>
    carryOut(links, {
      onChange: (next) => {
        last = next;
        show(next);
      },
    }),
  );
  const done = await work.catch((error: unknown) => {
    if (last !== undefined) io.stderr.write(brokenOff(last));
    throw error;
  });
  return writeChanges(toChanges(done.plan, done.changes), args, io);
}

function brokenOff(change: LinkChange): string {
  const where = `${change.workspace}: ${describeLinkChange(change)}`;
  return `broken off at ${where}; run it again to go on\n`;
}

async function writePlan(plan: LinkPlan, args: Arguments, io: CommandIo): Promise<number> {
  return writeChanges(toChanges(plan), args, io);
}

async function parseFile(args: Arguments, { env }: CommandIo): Promise<LinkFile> {
  const { file, text } = await readOneFile(args);
  return parseLinkFile(text, { file, env });
}

function ask<T>(
  { stderr }: CommandIo,
  work: (onChange: (change: LinkChange) => void) => Promise<T>,
): Promise<T> {
  return withProgress(stderr, (progress: Progress) => {
    progress.start('asking the workspaces');
    return work((change) => progress.start(`${change.workspace}: ${describeLinkChange(change)}`));
  });
}

/** @param done what was done; unless given, what the plan says is to be done */
function toChanges(
  { changes, findings, blocked, tokens, outputs }: LinkPlan,
  done?: readonly LinkChange[],
): ServicesChanges {
  const endOf = ({ expiresAt }: LinkPlan['tokens']['prod']): string =>
    expiresAt === undefined || expiresAt < 0 ? 'unknown' : new Date(expiresAt).toISOString();
  return {
    changes: (done ?? changes).map((change) => ({
      where: change.workspace,
      message: describeLinkChange(change),
    })),
    findings: [
      ...blocked.map((message) => ({ rule: 'blocked', where: 'all', message })),
      ...(done === undefined ? [] : changes).map((change) => ({
        rule: 'change-missing',
        where: change.workspace,
        message: describeLinkChange(change),
      })),
      ...findings.map(toFinding),
    ],
    applied: done !== undefined,
    details: {
      'end of the token of staging': endOf(tokens.staging),
      'end of the token of prod': endOf(tokens.prod),
      ...outputs,
    },
  };
}

function toFinding({ rule, workspace, message }: LinkFinding): ServicesChanges['findings'][number] {
  return { rule, where: workspace, message };
}

/** @throws ConfigInvalidError where it cannot be read, is too long, not UTF-8 or no state */
async function readState(file: string, rules: LinkFile['rules']): Promise<LinkStateFile> {
  const bytes = await readBytes(file);
  if (bytes.length > MAX_SERVICES_TEXT) {
    throw new ConfigInvalidError(`longer than ${MAX_SERVICES_TEXT} bytes`, { file });
  }
  return readLinkState(parseServicesText(decode(bytes, file), file), { name: file, rules });
}

/** One byte more than it may be long, at most: a file's stated size does not bound its content. */
async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await buffer(createReadStream(file, { end: MAX_SERVICES_TEXT }));
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new ConfigInvalidError(`cannot be read (${code})`, { file }, { cause });
  }
}

function decode(bytes: Uint8Array, file: string): string {
  const text = decodeUtf8(bytes, 'remove');
  if (text === undefined) throw new ConfigInvalidError('not UTF-8 text', { file });
  return text;
}
