/** Names of environment variables and their values. `process.env` is one. */
export type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE_START = /\$(?:(\w+)|\{)/g;
const WITH_DEFAULT = /^(\w+):-(.*)$/s;

/**
 * Replaces `$NAME` and `${NAME}` with the variable's value, and `${NAME:-default}` with the default
 * where the variable is unset or empty.
 *
 * Any other name that is not set stays as written. Escapes do not exist, names without braces are
 * as long as possible, and neither a value nor a default is expanded again.
 *
 * @param onUnset called for each reference that stays as written, with the name where it is in
 *   braces and well-formed
 * @returns `undefined` if the result would be longer than `maxLength` UTF-16 code units
 * @source Python `os.path.expandvars` on POSIX, which Feast applies to the file; differs: per
 *   value, and defaults, as in POSIX shells
 * @example
 * expandEnvironment('$HOST:${PORT:-443}', { HOST: 'idp' }, 100) // 'idp:443'
 */
export function expandEnvironment(
  text: string,
  env: Environment,
  maxLength: number,
  onUnset?: (name: string | undefined) => void,
): string | undefined {
  const lastBrace = text.lastIndexOf('}');
  const parts: string[] = [];
  let length = 0;
  let end = 0;
  for (const { index, 1: bareName } of text.matchAll(REFERENCE_START)) {
    // Inside the previous braces, or before braces that are never closed.
    if (index < end || (bareName === undefined && index > lastBrace)) continue;
    const name = bareName ?? text.slice(index + 2, text.indexOf('}', index));
    const next = index + name.length + (bareName === undefined ? 3 : 1);
    const expanded = resolve(env, name);
    if (expanded === undefined) {
      onUnset?.(bareName === undefined && /^\w+$/.test(name) ? name : undefined);
    }
    const value = expanded ?? text.slice(index, next);
    parts.push(text.slice(end, index), value);
    length += index - end + value.length;
    if (length > maxLength) return undefined;
    end = next;
  }
  if (length + text.length - end > maxLength) return undefined;
  return `${parts.join('')}${text.slice(end)}`;
}

function resolve(env: Environment, reference: string): string | undefined {
  // First, as in Python: a variable may have any name.
  const value = variable(env, reference);
  if (value !== undefined) return value;
  const [, name, fallback] = WITH_DEFAULT.exec(reference) ?? [];
  return name === undefined ? undefined : variable(env, name) || fallback;
}

function variable(env: Environment, name: string): string | undefined {
  // SECURITY: `$constructor` is not a variable, even where `env` is a plain object.
  return Object.hasOwn(env, name) ? env[name] : undefined;
}
