import { checkOptions, type OptionNames } from '../foundation/options.js';
import type { AuthorizationHeader, Gate } from './gate.js';

/** What a timer takes: a longer one would end at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** When a stream ends whose token expires. */
export interface TokenEndOptions {
  /**
   * How long after the end of the token `end` is called, in seconds. `Infinity`: never. Default: 0.
   */
  readonly graceSeconds?: number | undefined;
  /** Called when the token ends before that, and what it was given for goes on. */
  readonly onGrace?: (() => void) | undefined;
}

const TOKEN_END_OPTIONS: OptionNames<TokenEndOptions> = { graceSeconds: true, onGrace: true };

/**
 * Ends something that may outlive the token that it was permitted with, as a WebSocket.
 *
 * Nothing happens where the token does not say when it ends. Keeps no process alive.
 *
 * @param end called once, when the token has ended
 * @returns forgets about it; to be called when the thing has ended by itself
 * @throws TypeError if an option is unknown, or `graceSeconds` is not a number of 0 or more
 * @example
 * const stop = endWithToken(gate, request.headers.authorization, () => socket.close(1008));
 * socket.on('close', stop);
 */
export function endWithToken(
  gate: Pick<Gate, 'expiryOf'>,
  authorization: AuthorizationHeader,
  end: () => void,
  options: TokenEndOptions = {},
): () => void {
  checkOptions<TokenEndOptions>(options, TOKEN_END_OPTIONS);
  const { graceSeconds = 0, onGrace } = options;
  assertGraceSeconds(graceSeconds);
  const expiresAt = gate.expiryOf?.(authorization);
  if (expiresAt === undefined) return () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  const callAt = (moment: number, call: () => void): void => {
    const left = moment - Date.now();
    const step = left > MAX_DELAY_MS ? () => callAt(moment, call) : call;
    timer = setTimeout(step, Math.min(Math.max(left, 0), MAX_DELAY_MS));
    // Runtimes without Node.js give numbers.
    if (typeof timer === 'object') timer.unref();
  };
  if (graceSeconds === 0) {
    callAt(expiresAt, end);
  } else {
    callAt(expiresAt, () => {
      if (graceSeconds !== Number.POSITIVE_INFINITY) callAt(expiresAt + graceSeconds * 1000, end);
      onGrace?.();
    });
  }
  return () => clearTimeout(timer);
}

/** @throws TypeError when it is not a number of 0 or more */
export function assertGraceSeconds(seconds: number, name = 'graceSeconds'): void {
  if (typeof seconds === 'number' && seconds >= 0) return;
  throw new TypeError(`option ${name} must be a number of 0 or more`);
}
