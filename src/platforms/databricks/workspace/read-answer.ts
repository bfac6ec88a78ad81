import * as z from 'zod';
import { quote } from '../../../model/errors.js';
import { WorkspaceError } from './workspace-error.js';
import type { JsonObject } from './workspace-transport.js';

/** Text, or none: services leave out what is empty. */
export const optionalText: z.ZodType<string | undefined> = z
  .string()
  .nullish()
  .transform((text) => text ?? undefined);

/** A number, which some services write as text; null counts as none. */
export const optionalNumber: z.ZodType<number | undefined> = z
  .union([z.number(), z.string().regex(/^-?\d{1,15}$/)])
  .nullish()
  .transform((number) => (number === null || number === undefined ? undefined : Number(number)));

/**
 * An answer in the form that it should have; what else it holds is left out.
 *
 * @param what was asked, for the message
 * @throws WorkspaceError that names the first field that is not as it should be, and never what is
 *   in it
 */
export function readAs<T>(schema: z.ZodType<T>, answer: JsonObject, what: string): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const field = quote(result.error.issues[0]?.path.join('.') ?? '');
  throw new WorkspaceError(`the workspace answers ${what} with an unusable ${field}`, {
    status: 200,
    retriable: false,
  });
}
