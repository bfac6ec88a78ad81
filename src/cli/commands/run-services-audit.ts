import { type FileHandle, open } from 'node:fs/promises';
import { jsonReport, type ReportContext } from '../../audit/index.js';
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
  SERVICES_RULE_TEXTS,
  type ServicesReport,
  servicesReportText,
} from '../../platforms/databricks/audit/index.js';
import { type Arguments, UsageError } from '../command.js';
import type { CommandIo } from '../command-io.js';
import { exitCodeFor } from '../fail-on.js';
import { reportContext } from '../report-context.js';
import { reportLayout } from '../text-layout.js';
import { acceptFindings, type OwnTarget, reportTargets, writeReports } from '../write-reports.js';

const STDIN = '-';

const NO_POLICY =
  '`--need` is for policies of AWS, and the files hold none that is read. Give policy documents, what `aws iam get-role-policy`, `get-policy-version` or `get-account-authorization-details` prints, or templates of CloudFormation. Policies in states and plans of Terraform are not read';

/** Runs `services audit`. */
export async function runServicesAudit(args: Arguments, io: CommandIo): Promise<number> {
  if (args.paths.filter((path) => path === STDIN).length > 1)
    throw new UsageError(
      '`-` was given more than once. Standard input can be read once: pass the other inputs as files',
    );
  const targets = reportTargets(args);
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
  const ids = SERVICES_RULE_TEXTS.map(({ id }) => id);
  const found = auditFiles(files, policyCheck);
  const { report, exceptions } = await acceptFindings(found, ids, args);
  const context = (): Promise<ReportContext> => {
    const source = report.files.map(({ name }) => name).join(', ');
    // Findings do not say which file they are of.
    const files = { path: report.files[0]?.name };
    return reportContext({ source, rules: SERVICES_RULE_TEXTS, files, exceptions }, args, io);
  };
  const own = ({ format, toTerminal }: OwnTarget): Iterable<string> =>
    format === 'json'
      ? jsonReport(report)
      : [servicesReportText(report, reportLayout(args, io, toTerminal))];
  await writeReports(targets, { report, context, own }, io);
  return exitCodeFor(report.findings, args);
}

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

/** @throws UsageError on a part of what a check needs, and on an invalid table or index */
function readPolicyCheck(args: Arguments): PolicyCheck | undefined {
  const need = args.get('need');
  const table = args.all('table');
  const indexes = args.all('index');
  const principal = args.get('principal');
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
