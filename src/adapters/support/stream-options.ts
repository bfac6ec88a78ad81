import type { OptionNames } from '../../foundation/options.js';
import { assertGraceSeconds } from '../../gate/index.js';

const DEFAULT_STREAM_GRACE_SECONDS = 3600;

/** A stream, or an answer over HTTP, whose token has expired. Holds no token. */
export interface ExpiredStream {
  /** The method and route of HTTP, as far as they are known, or the full path of a gRPC method. */
  readonly operation: string;
  /** `continues`: the answer to one request goes on for a while. `ended`: it was cut off. */
  readonly outcome: 'continues' | 'ended';
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** When an answer ends that outlives the token of its request. */
export interface StreamOptions {
  /**
   * How long the answer to one request that was decided on may go on after its token has expired,
   * in seconds. `0` ends it with the token, `Infinity` never. Default: 3,600.
   */
  readonly streamGraceSeconds?: number | undefined;
  /**
   * Called when a token expires before its answer has ended, and when that answer is cut off: at
   * most once for each. Errors that it throws are ignored.
   */
  readonly onStreamExpired?: ((stream: ExpiredStream) => unknown) | undefined;
}

export const STREAM_OPTIONS: OptionNames<StreamOptions> = {
  streamGraceSeconds: true,
  onStreamExpired: true,
};

/**
 * Checks the options and fills in their defaults.
 *
 * @throws TypeError if `streamGraceSeconds` is not a number of 0 or more, or `onStreamExpired` is
 *   not a function
 */
export function readStreamOptions(
  options: StreamOptions,
): StreamOptions & { readonly streamGraceSeconds: number } {
  const { streamGraceSeconds = DEFAULT_STREAM_GRACE_SECONDS, onStreamExpired } = options;
  assertGraceSeconds(streamGraceSeconds, 'streamGraceSeconds');
  if (onStreamExpired !== undefined && typeof onStreamExpired !== 'function') {
    throw new TypeError('option onStreamExpired must be a function');
  }
  return { streamGraceSeconds, onStreamExpired };
}
