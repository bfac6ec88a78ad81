/** Names of environment variables and their values. `process.env` is one. */
export type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE_START = /\$(?:(\w+)|\{)/g;

/**
 * Replaces `$NAME` and `${NAME}` by the variable's value.
 *
 * A name that is not set stays as written. There are no defaults (`${NAME:-x}`) and no escapes, names
 * without braces are as long as possible, and a value is not expanded again.
 *
 * Shape: gives `undefined` where the result would be longer than `maxLength` UTF-16 code units.
 *
 * @source Python `os.path.expandvars` on POSIX, which Feast applies to the file: same, but per value.
 * @example
 * expandEnvironment('$HOST:${PORT}', { HOST: 'idp' }, 100) // 'idp:${PORT}'
 */
export function expandEnvironment(
  text: string,
  env: Environment,
  maxLength: number,
): string | undefined {
  const lastBrace = text.lastIndexOf('}');
  const parts: string[] = [];
  let length = 0;
  let end = 0;
  for (const { index, 1: bareName } of text.matchAll(REFERENCE_START)) {
    // Inside of the braces before it, or in front of braces that nobody closes.
    if (index < end || (bareName === undefined && index > lastBrace)) continue;
    const name = bareName ?? text.slice(index + 2, text.indexOf('}', index));
    const next = index + name.length + (bareName === undefined ? 3 : 1);
    const value = variable(env, name) ?? text.slice(index, next);
    parts.push(text.slice(end, index), value);
    length += index - end + value.length;
    if (length > maxLength) return undefined;
    end = next;
  }
  if (length + text.length - end > maxLength) return undefined;
  return `${parts.join('')}${text.slice(end)}`;
}

function variable(env: Environment, name: string): string | undefined {
  // SECURITY: `$constructor` is not a variable, even where `env` is a plain object.
  return Object.hasOwn(env, name) ? env[name] : undefined;
}
