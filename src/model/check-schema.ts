import { en } from 'zod/locales';
import * as z from 'zod/mini';

// `zod` makes English its language for the whole process when it makes a schema; `zod/mini` does
// not.
const english = /* @__PURE__ */ en();

/**
 * Checks a value with a schema of `zod` or of `zod/mini`. Messages are those of the schema where it
 * has its own, else zod's English ones, whatever the process has configured. The configuration of
 * zod stays as it is.
 *
 * @returns what the schema made of the value, or what is wrong with it
 */
export function checkSchema<T>(
  schema: z.core.$ZodType<T>,
  value: unknown,
): z.core.util.SafeParseResult<T> {
  return z.safeParse(schema, value, { error: english.localeError });
}
