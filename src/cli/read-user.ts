import { createReadStream } from 'node:fs';
import * as z from 'zod';
import { errorCode } from '../foundation/error-code.js';
import { quote, type Subject } from '../model/index.js';
import { UsageError } from './command.js';
import { explainIssues, type FieldNames } from './explain-issues.js';

/** 1 MiB, in bytes. */
const MAX_FILE_LENGTH = 1024 * 1024;

const EXAMPLE = '`{"username": "ann", "roles": ["admin"]}`';

const names = z.array(z.string()).optional();

/**
 * A user as JSON has it; null is the anonymous one. A field that is not known may be a misspelt
 * one, so it is refused.
 */
export const userSchema: z.ZodType<Subject | null> = z
  .strictObject({
    username: z.string(),
    roles: names,
    groups: names,
    namespaces: names,
    claims: z.looseObject({}).optional(),
  })
  .nullable();

/** The fields of a user. */
export const USER_FIELDS: FieldNames = {
  username: true,
  roles: true,
  groups: true,
  namespaces: true,
  claims: true,
};

/**
 * Reads the user that a command line names: JSON, the path of a file with JSON, `null` or
 * `anonymous`.
 *
 * @throws {@link UsageError} if it is not one of these
 */
export async function readUser(written: string): Promise<Subject | null> {
  const text = written.trim();
  if (text === 'anonymous' || text === 'null') return null;
  const isJson = text.startsWith('{');
  const value = parseJson(isJson ? text : await readText(written));
  const user = userSchema.safeParse(value);
  if (user.success) return user.data;
  throw new UsageError(`invalid user: ${explainIssues(user.error, 'it', USER_FIELDS)}`);
}

async function readText(file: string): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    // Read as a stream: the file may be a pipe, which has no size that could be looked at.
    for await (const chunk of createReadStream(file, { end: MAX_FILE_LENGTH })) {
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    throw new UsageError(
      `cannot read the user file ${quote(file)} (${errorCode(error)}). Pass a file with JSON, \`anonymous\`, or JSON such as ${EXAMPLE}`,
    );
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length > MAX_FILE_LENGTH) {
    throw new UsageError(`the user in ${quote(file)} is longer than ${MAX_FILE_LENGTH} bytes`);
  }
  return bytes.toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`the user is not valid JSON. Write, for example, ${EXAMPLE}`);
  }
}
