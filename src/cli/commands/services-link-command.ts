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
import type { Arguments, Command, OptionSpec } from '../command.js';
import type { CommandIo } from '../command-io.js';
import { type Progress, withProgress } from '../progress.js';
import {
  CHANGE_OPTIONS,
  confirmChanges,
  readOneFile,
  type ServicesChanges,
  SHOW_OPTIONS,
  writeChanges,
} from '../services-changes.js';

const USAGE = '[OPTIONS] FILE';

const STATE: OptionSpec = {
  name: 'state',
  value: 'FILE',
  multiple: true,
  help: 'Look at `terraform show -json` in place of the workspaces; may be given several times',
};

const FORCE: OptionSpec = {
  name: 'force',
  help: 'Make new tokens also where the old ones do not end soon',
};

const NOTES: readonly string[] = [
  'FILE is YAML: `dev`, `staging` and `prod` (`host`, `credentials`), and the inputs of the Terraform module by their names.',
  'Secrets are `${NAME}`: variables of the environment.',
];

const FAILED = 'the command line or the file cannot be understood, or a workspace cannot be asked';

/** `services link plan`: what links between model registries lack. */
export const servicesLinkPlanCommand: Command = {
  name: 'services link plan',
  summary: 'Show what links between the model registries of workspaces lack',
  usage: USAGE,
  manyPaths: true,
  options: SHOW_OPTIONS,
  exitCodes: {
    0: 'nothing to change and nothing found',
    1: 'something to change, or a finding',
    2: FAILED,
  },
  notes: NOTES,
  async run(args, io) {
    const links = (await parseFile(args, io)).connect();
    return writePlan(await ask(io, () => planLink(links)), args, io);
  },
};

/** `services link apply`: puts links in place, or goes on where a run broke off. */
export const servicesLinkApplyCommand: Command = {
  name: 'services link apply',
  summary: 'Link the model registries of workspaces',
  usage: USAGE,
  manyPaths: true,
  options: CHANGE_OPTIONS,
  exitCodes: {
    0: 'all is as the file says',
    1: 'a finding that is left to people, or changes that were not wanted',
    2: FAILED,
  },
  notes: NOTES,
  async run(args, io) {
    return change(args, io, 'broken', applyLink);
  },
};

/** `services link verify`: where workspaces, or a state of Terraform, differ from the file. */
export const servicesLinkVerifyCommand: Command = {
  name: 'services link verify',
  summary: 'Find where links between model registries differ from a file',
  usage: USAGE,
  manyPaths: true,
  options: [STATE, ...SHOW_OPTIONS],
  exitCodes: { 0: 'all is as the file says', 1: 'at least one difference', 2: FAILED },
  notes: NOTES,
  async run(args, io) {
    const file = await parseFile(args, io);
    const states = args.all('state');
    const findings =
      states.length > 0
        ? verifyLinkFiles(
            file.rules,
            await Promise.all(states.map((state) => readState(state, file.rules))),
          )
        : await ask(io, () => verifyLink(file.connect()));
    const changes = { changes: [], findings: findings.map(toFinding), applied: false, details: {} };
    await writeChanges(changes, args, io);
    return findings.length > 0 ? 1 : 0;
  },
};

/** `services link rotate`: new tokens for those that end soon. */
export const servicesLinkRotateCommand: Command = {
  name: 'services link rotate',
  summary: 'Renew the tokens of links between model registries',
  usage: USAGE,
  manyPaths: true,
  options: [FORCE, ...CHANGE_OPTIONS],
  exitCodes: {
    0: 'no token ends soon',
    1: 'a finding that is left to people, or a renewal that was not wanted',
    2: FAILED,
  },
  notes: NOTES,
  async run(args, io) {
    const force = args.has('force');
    const rotate: typeof applyLink = (links, options) => rotateLink(links, { ...options, force });
    return change(args, io, force ? 'all' : 'due', rotate);
  },
};

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
  // Nobody is asked about what cannot be done.
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
  await writeChanges(toChanges(done.plan, done.changes), args, io);
  return done.plan.findings.length + done.plan.changes.length > 0 ? 1 : 0;
}

function brokenOff(change: LinkChange): string {
  const where = `${change.workspace}: ${describeLinkChange(change)}`;
  return `broken off at ${where}; run it again to go on\n`;
}

async function writePlan(plan: LinkPlan, args: Arguments, io: CommandIo): Promise<number> {
  await writeChanges(toChanges(plan), args, io);
  return plan.changes.length + plan.findings.length + plan.blocked.length > 0 ? 1 : 0;
}

async function parseFile(args: Arguments, { env }: CommandIo): Promise<LinkFile> {
  const { file, text } = await readOneFile(args, USAGE);
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

/** One byte more than it may be long, at most: the size that a file says it has is no bound. */
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
