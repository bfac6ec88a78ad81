import type { z } from 'zod';
import { ConfigInvalidError, quote } from '../../../model/index.js';

const MAX_DEPTH = 100;
const MAX_VALUES = 2_000_000;

/**
 * A file's data in the form that a reader needs.
 *
 * @throws ConfigInvalidError naming the field, and never its value
 */
export function checkShape<T extends z.ZodType>(
  schema: T,
  value: unknown,
  file: string,
): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue === undefined || issue.path.length === 0 ? 'the file' : issue.path.join('.');
  throw new ConfigInvalidError(`${quote(field)} is not what it should be`, { file });
}

/**
 * Refuses data that is too deep or too large to be looked at.
 *
 * @throws ConfigInvalidError beyond 100 levels or 2,000,000 values
 */
export function assertBounded(root: unknown, file: string): void {
  const open: (readonly [value: unknown, depth: number])[] = [[root, 0]];
  let seen = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, depth] = next;
    seen += 1;
    if (depth > MAX_DEPTH) throw new ConfigInvalidError('nested too deeply', { file });
    if (seen > MAX_VALUES) throw new ConfigInvalidError('too many values', { file });
    if (typeof value !== 'object' || value === null) continue;
    for (const member of Object.values(value)) open.push([member, depth + 1]);
  }
}

/**
 * A part of an address, with its percent-encoding undone.
 *
 * @throws ConfigInvalidError where it cannot be undone
 */
export function decodeSegment(text: string, file: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConfigInvalidError('its path is not percent-encoded', { file });
  }
}
