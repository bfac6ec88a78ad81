import { createReadStream } from 'node:fs';
import * as z from 'zod';
import { fileJsonSchema } from '../../config/file-json-schema.js';
import { collectBytes } from '../../foundation/collect-bytes.js';
import { errorCode } from '../../foundation/error-code.js';
import { parseJsonObject } from '../../foundation/json.js';
import { checkOptions } from '../../foundation/options.js';
import { decodeUtf8 } from '../../foundation/utf8.js';
import { ConfigInvalidError } from '../../model/index.js';
import type { AuditReport } from '../audit-report.js';
import { fingerprintFindings } from '../fingerprint.js';

/** Longest baseline: enough for some 300,000 findings. */
const MAX_LENGTH = 64 * 1024 * 1024;

const text = z.string().min(1);
const fileSchema = z.strictObject({
  version: z.literal(1),
  findings: z.array(
    z.strictObject({
      fingerprint: z.string().regex(/^[0-9a-f]{32}$/),
      rule: text,
      about: text.describe('What the finding is about, for people.'),
    }),
  ),
});

/** The fingerprints of known findings. */
export type Baseline = ReadonlySet<string>;

/**
 * Reads a baseline, which the report format `baseline` writes. See {@link parseBaseline}.
 *
 * @throws ConfigInvalidError if it cannot be read, is larger than 64 MiB or not a baseline
 * @example
 * applyBaseline(auditSnapshot(snapshot), await loadBaseline('audit-baseline.json')).findings;
 */
export async function loadBaseline(path: string): Promise<Baseline> {
  if (typeof path !== 'string') throw new TypeError('the path of a baseline must be a string');
  return parseBaseline(await readText(path), { file: path });
}

/**
 * Parses the JSON text of a baseline.
 *
 * @param options its `file` is for messages
 * @throws ConfigInvalidError if it is not a baseline, or has an unknown member
 */
export function parseBaseline(
  json: string,
  options: { readonly file?: string | undefined } = {},
): Baseline {
  if (typeof json !== 'string') throw new TypeError('the text of a baseline must be a string');
  checkOptions<typeof options>(options, { file: true });
  const { file } = options;
  const result = fileSchema.safeParse(parseJsonObject(json));
  if (result.success) return new Set(result.data.findings.map(({ fingerprint }) => fingerprint));
  const [issue] = result.error.issues;
  const place = issue?.path.length ? ` at ${issue.path.join('.')}` : '';
  throw new ConfigInvalidError(
    `is not a baseline${place}: ${issue?.message ?? 'invalid'}. Write it with \`audit --format baseline --out FILE\``,
    { file },
  );
}

/** The JSON Schema (draft 7) of a baseline. */
export function baselineSchema(): object {
  return fileJsonSchema('Baseline of an audit by feast-permissions', fileSchema);
}

/**
 * Leaves the findings that a baseline holds out of `findings`, and counts them as `known`.
 *
 * Pure. Apply exceptions first, so that they count as used.
 */
export function applyBaseline<Report extends AuditReport>(
  report: Report,
  baseline: Baseline,
): Report & { readonly known: number } {
  const fingerprints = fingerprintFindings(report.findings);
  const findings = report.findings.filter((_, index) => !baseline.has(fingerprints[index] ?? ''));
  const known = report.findings.length - findings.length;
  return { ...report, summary: { ...report.summary, findings: findings.length }, findings, known };
}

async function readText(file: string): Promise<string> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await collectBytes(createReadStream(file), MAX_LENGTH);
  } catch (error) {
    throw new ConfigInvalidError(
      `cannot be read (${errorCode(error)})`,
      { file },
      { cause: error },
    );
  }
  if (bytes === undefined)
    throw new ConfigInvalidError(`longer than ${MAX_LENGTH} bytes`, { file });
  const decoded = decodeUtf8(bytes, 'remove');
  if (decoded === undefined) throw new ConfigInvalidError('not UTF-8 text', { file });
  return decoded;
}
