/**
 * All values of a header, as they came: one by itself, and a list of none or several.
 *
 * The headers that Node.js parsed will not do: of several it keeps the first and drops the others,
 * and a server behind this one may keep another.
 *
 * @param rawHeaders names and values in turn, as in `IncomingMessage.rawHeaders`
 * @param name in lower case
 */
export function headerValues(
  rawHeaders: readonly string[],
  name: string,
): string | readonly string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const given = rawHeaders[index] as string;
    if (given.length === name.length && given.toLowerCase() === name) {
      values.push(rawHeaders[index + 1] as string);
    }
  }
  return values.length === 1 ? (values[0] as string) : values;
}
