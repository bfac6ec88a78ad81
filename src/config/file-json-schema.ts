import * as z from 'zod';

/**
 * The JSON Schema of a file that people write, for their editors: draft 7, which all editors know.
 *
 * It is wider than the reader of the file: checks that are functions have no counterpart in JSON
 * Schema and are left out.
 */
export function fileJsonSchema(title: string, schema: z.ZodType): object {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-07', io: 'input' });
  return { $schema, title, ...rest };
}
