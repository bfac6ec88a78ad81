import type { z } from 'zod';
import { findNearest } from '../foundation/did-you-mean.js';
import { quote } from '../model/index.js';

/** Most problems, and most names in one of them, that are written out. */
const MAX_LISTED = 5;

/** The message of a schema for a field that is not there. */
export const MISSING = 'is missing';

type Path = readonly PropertyKey[];

/** The names of fields that an object can have, nested objects included. */
export interface FieldNames {
  readonly [field: string]: true | FieldNames;
}

/**
 * Says what a schema found wrong, in one line: each field with its problem. Missing fields come
 * first.
 *
 * @param what what the whole value is, for example `the request`
 * @param fields what is suggested for a misspelt field
 */
export function explainIssues({ issues }: z.ZodError, what: string, fields: FieldNames): string {
  const missing = issues.filter(isMissing).map(({ path }) => `${writePath(path)} ${MISSING}`);
  const others = issues.filter((issue) => !isMissing(issue));
  return someOf([...missing, ...others.map((issue) => explainIssue(issue, what, fields))], '; ');
}

function isMissing(issue: z.core.$ZodIssue): boolean {
  const { code, message } = issue;
  return (code === 'invalid_type' && message.endsWith('received undefined')) || message === MISSING;
}

function explainIssue(issue: z.core.$ZodIssue, what: string, fields: FieldNames): string {
  const { path, message } = issue;
  if (issue.code === 'unrecognized_keys') return explainUnknown(issue.keys, path, fields);
  const isDefault = issue.code === 'invalid_type' && message.startsWith('Invalid input');
  const problem = isDefault ? `must be ${EXPECTED[issue.expected] ?? issue.expected}` : message;
  return path.length === 0 ? `${what} ${problem}` : `${writePath(path)} ${problem}`;
}

const EXPECTED: Readonly<Record<string, string>> = {
  array: 'an array',
  object: 'an object',
  string: 'a string',
};

function explainUnknown(keys: readonly string[], path: Path, fields: FieldNames): string {
  let known: true | FieldNames | undefined = fields;
  for (const part of path) known = typeof known === 'object' ? known[String(part)] : undefined;
  const names = typeof known === 'object' ? Object.keys(known) : [];
  const written = keys.map((key) => {
    const nearest = findNearest(key, names);
    const hint = nearest === undefined ? '' : ` (did you mean ${quote(nearest)}?)`;
    return `${writePath([...path, key])}${hint}`;
  });
  return keys.length === 1
    ? `${written[0]} is not a known field`
    : `${someOf(written, ', ')} are not known fields`;
}

function writePath(path: Path): string {
  return quote(path.map(String).join('.'));
}

function someOf(texts: readonly string[], separator: string): string {
  const more = texts.length - MAX_LISTED;
  const shown = texts.slice(0, MAX_LISTED).join(separator);
  return more > 0 ? `${shown}${separator}and ${more} more` : shown;
}
