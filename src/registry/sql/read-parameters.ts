import { ConfigInvalidError, quote } from '../../model/index.js';

/** Parameters of a driver. */
export interface ParameterNames {
  readonly used: readonly string[];
  readonly ignored: readonly string[];
}

/**
 * Picks the parameters that are used.
 *
 * SECURITY: an unknown one may be what keeps a connection safe, so it is refused. Its value is not
 * shown.
 *
 * @throws ConfigInvalidError if one is unknown, or is neither text nor a number
 */
export function readParameters<N extends ParameterNames>(
  parameters: ReadonlyMap<string, unknown>,
  { used, ignored }: N,
): Readonly<Partial<Record<N['used'][number], string>>> {
  const read: Record<string, string> = {};
  for (const [name, value] of parameters) {
    if (ignored.includes(name)) continue;
    if (!used.includes(name)) {
      throw new ConfigInvalidError(
        `the database URL sets ${quote(name)}, which is not supported. Supported are ${used.map(quote).join(', ')}`,
      );
    }
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      throw new ConfigInvalidError(`the parameter ${quote(name)} of the database must be text`);
    }
    read[name] = String(value);
  }
  return read as Partial<Record<N['used'][number], string>>;
}
