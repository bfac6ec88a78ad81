import type { DecisionSink } from './create-decision-log.js';

/** The part of a pino logger that is used. */
export interface PinoLogger {
  /** Writes fields and a message at the level `info`. */
  info(record: object, message: string): void;
  /** The same at the level `warn`. */
  warn(record: object, message: string): void;
}

/**
 * Writes records to a pino logger: what is allowed as `info`, refusals as `warn`. The record is in
 * the field `decision`, so that it meets no field of the logger's own.
 *
 * @throws TypeError if it is not such a logger
 * @example
 * const log = createDecisionLog({ sink: pinoSink(logger) });
 */
export function pinoSink(logger: PinoLogger): DecisionSink {
  const given: Partial<PinoLogger> | undefined = logger;
  if (typeof given?.info !== 'function' || typeof given.warn !== 'function') {
    throw new TypeError('a pino logger must have the methods `info` and `warn`');
  }
  return (record, allowed) => {
    if (allowed) logger.info({ decision: record }, 'allowed');
    else logger.warn({ decision: record }, 'refused');
  };
}
