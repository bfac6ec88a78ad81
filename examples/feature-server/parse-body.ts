import { RequestInvalidError } from 'feast-permissions/errors';
import type { ZodType } from 'zod';

/** @throws RequestInvalidError naming the first field that is wrong, and no value */
export function parseBody<T>(schema: ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path[0] ?? 'the body';
  throw new RequestInvalidError(`\`${String(field)}\` is missing, or not what the endpoint takes`);
}
