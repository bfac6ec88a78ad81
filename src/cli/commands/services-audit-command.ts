import { type FileHandle, open } from 'node:fs/promises';
import { reportJson } from '../../audit/index.js';
import { collectBytes } from '../../foundation/collect-bytes.js';
import { decodeUtf8 } from '../../foundation/utf8.js';
import { ConfigInvalidError } from '../../model/index.js';
import { assertDynamoDbPolicyOptions } from '../../platforms/aws-iam/index.js';
import {
  MAX_SERVICES_TEXT,
  parseServicesText,
  readServicesFile,
  type ServicesFile,
} from '../../platforms/databricks/acl/index.js';
import {
  auditServices,
  type PolicyCheck,
  type ServicesReport,
  servicesReportText,
} from '../../platforms/databricks/audit/index.js';
import {
  ALL,
  type Arguments,
  type Command,
  FORMAT,
  HELP,
  NO_COLOR,
  type OptionSpec,
  UsageError,
} from '../command.js';
import { type CommandIo, writeAll } from '../command-io.js';
import { exitCodeFor, FAIL_ON } from '../fail-on.js';
import { reportLayout } from '../text-layout.js';

const STDIN = '-';

const NO_POLICY =
  '`--need` is for policies of AWS, and the files hold none that is read. Give policy documents, what `aws iam get-role-policy`, `get-policy-version` or `get-account-authorization-details` prints, or templates of CloudFormation. Policies in states and plans of Terraform are not read';

const NEED: OptionSpec = {
  name: 'need',
  value: 'NEED',
  choices: ['publish', 'lookup'],
  help: 'What the policies of AWS among the files are for, together: publish or lookup',
};
const TABLE: OptionSpec = {
  name: 'table',
  value: 'ARN',
  multiple: true,
  help: 'Table of DynamoDB that they are for; with --need, once or more',
};
const INDEX: OptionSpec = {
  name: 'index',
  value: 'NAME',
  multiple: true,
  help: 'Secondary index that each table has and that is queried; with --need',
};

const PRINCIPAL: OptionSpec = {
  name: 'principal',
  value: 'NAME',
  help: 'User, group or role whose policies they are: its ARN or name; with --need',
};

/** `services audit`: what services may do in a workspace that they need not, and where their secrets lie open. */
export const servicesAuditCommand: Command = {
  name: 'services audit',
  summary: 'Find tokens, secrets and permissions of services that are more open than they need be',
  usage: '[OPTIONS] FILE...',
  manyPaths: true,
  options: [NEED, TABLE, INDEX, PRINCIPAL, ALL, FAIL_ON, FORMAT, NO_COLOR, HELP],
  exitCodes: {
    0: 'no finding of the level of --fail-on or above',
    1: 'at least one such finding',
    2: 'the command line or a file cannot be understood',
  },
  notes: [
    'FILE is JSON: `terraform show -json` of a state or a plan; an answer of the Databricks API, or what its command line',
    'prints with `-o json` (permissions, secret ACLs, grants, tokens, …); the specification of online stores, in YAML too; or',
    'a policy of AWS. `-` is standard input. All files are taken together.',
    'Policies are held against the actions of --need on the tables; without it, one that stands beside the ARN of an',
    'instance profile is held against the online stores in DynamoDB that name this profile.',
  ],
  async run(args, io) {
    if (args.paths.filter((path) => path === STDIN).length > 1)
      throw new UsageError('standard input can be read once: `-` is there twice');
    const policyCheck = readPolicyCheck(args);
    const files = [];
    for (const path of args.paths) {
      const name = path === STDIN ? 'standard input' : path;
      const text = await readText(path === STDIN ? io.stdin : path, name);
      files.push(readServicesFile(parseServicesText(text, name), { name }));
    }
    if (policyCheck !== undefined && files.every(({ facts }) => facts.storePolicies.length === 0)) {
      throw new UsageError(NO_POLICY);
    }
    const report = auditFiles(files, policyCheck);
    const text =
      args.get('format') === 'json'
        ? reportJson(report)
        : servicesReportText(report, reportLayout(args, io));
    await writeAll(io.stdout, text);
    return exitCodeFor(report.findings, args);
  },
};

/** @throws UsageError where `--principal` does not mean one user, group or role of the files */
function auditFiles(
  files: readonly ServicesFile[],
  policyCheck: PolicyCheck | undefined,
): ServicesReport {
  try {
    return auditServices(files, { policyCheck });
  } catch (error) {
    if (error instanceof TypeError && policyCheck?.principal !== undefined)
      throw new UsageError(error.message);
    throw error;
  }
}

/** @throws UsageError on a part of what a check needs, and on what is no table or index */
function readPolicyCheck(args: Arguments): PolicyCheck | undefined {
  const need = args.get(NEED.name);
  const table = args.all(TABLE.name);
  const indexes = args.all(INDEX.name);
  const principal = args.get(PRINCIPAL.name);
  const rest = [principal, ...table, ...indexes].filter((value) => value !== undefined);
  if (need === undefined && rest.length === 0) return undefined;
  if ((need !== 'publish' && need !== 'lookup') || table.length === 0) {
    throw new UsageError(
      '`--need`, `--table`, `--index` and `--principal` need each other: `--need=lookup --table=ARN`',
    );
  }
  const check = { need, table, indexes } as const;
  try {
    assertDynamoDbPolicyOptions(check);
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
  return principal === undefined ? check : { ...check, principal };
}

/** @throws ConfigInvalidError where it cannot be read, is too long or not UTF-8 */
async function readText(from: string | CommandIo['stdin'], file: string): Promise<string> {
  let handle: FileHandle | undefined;
  try {
    if (typeof from === 'string') handle = await open(from);
    const chunks = handle?.createReadStream() ?? (from as CommandIo['stdin']);
    return await decodeAll(chunks, file);
  } catch (error) {
    if (error instanceof ConfigInvalidError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigInvalidError(
      `cannot be read (${code ?? 'unknown'})`,
      { file },
      { cause: error },
    );
  } finally {
    await handle?.close();
  }
}

async function decodeAll(chunks: AsyncIterable<Uint8Array>, file: string): Promise<string> {
  const bytes = await collectBytes(chunks, MAX_SERVICES_TEXT);
  if (bytes === undefined) {
    throw new ConfigInvalidError(`longer than ${MAX_SERVICES_TEXT} bytes`, { file });
  }
  const text = decodeUtf8(bytes, 'remove');
  if (text === undefined) throw new ConfigInvalidError('not UTF-8 text', { file });
  return text;
}
