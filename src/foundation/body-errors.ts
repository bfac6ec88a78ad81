import { RequestInvalidError } from '../model/errors.js';

/** The error for a request's body of more than `maxBytes`. */
export function bodyTooLong(maxBytes: number): RequestInvalidError {
  return new RequestInvalidError(`the body is longer than ${maxBytes} bytes`);
}

/** The error for a client that hangs up before the end of its body. */
export function bodyBrokenOff(): RequestInvalidError {
  return new RequestInvalidError('the body ended early');
}
