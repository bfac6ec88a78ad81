import type { PieceRedactor } from './piece-redactor.js';

/** A stream that text is written to: any Node stream, a destination of pino, a response. */
export interface WritableLike {
  /** Writes a chunk, as the stream's own kind does. */
  write(chunk: never, ...rest: never[]): unknown;
}

export interface StreamRedaction {
  readonly pieces: PieceRedactor;
  readonly value: (value: unknown) => unknown;
}

type Method = (...args: unknown[]) => unknown;

/**
 * Makes a stream mask what is written to it, by methods of its own in place of `write` and `end`,
 * so that every writer is covered. What `write` returns (back-pressure), callbacks and encodings
 * stay as they are.
 *
 * What may be the beginning of a secret waits for the next `write` or for `end`. Objects, in a
 * stream that takes them, are copied with masks.
 *
 * @returns writes what waits, and gives the stream its methods back
 */
export function wrapStream(stream: WritableLike, redaction: StreamRedaction): () => void {
  let active = true;
  const ownWrite = Reflect.get(stream, 'write') as Method;
  const ownEnd = Reflect.get(stream, 'end') as Method | undefined;
  /** Of the string written last: what is kept of it is to be written in the same. */
  let encoding: readonly unknown[] = [];
  const write: Method = (chunk, ...rest) => {
    if (!active) return ownWrite.call(stream, chunk, ...rest);
    const [masked, ...others] = redactWrite(redaction, chunk, rest);
    encoding = typeof masked === 'string' && typeof others[0] === 'string' ? [others[0]] : [];
    return ownWrite.call(stream, masked, ...others);
  };
  const flush = (): void => {
    const last = redaction.pieces.end();
    if (last.length > 0) ownWrite.call(stream, last, ...encoding);
  };
  const end: Method = (...args) => {
    if (!active) return ownEnd?.apply(stream, args);
    const [chunk] = args;
    const isChunk = chunk !== undefined && chunk !== null && typeof chunk !== 'function';
    if (isChunk) write(chunk, ...args.slice(1).filter((argument) => typeof argument === 'string'));
    flush();
    return ownEnd?.apply(
      stream,
      args.filter((argument) => typeof argument === 'function'),
    );
  };
  const restore = [replaceMethod(stream, 'write', write)];
  if (ownEnd !== undefined) restore.push(replaceMethod(stream, 'end', end));
  return () => {
    flush();
    active = false;
    for (const undo of restore) undo();
  };
}

/** Encodings in which a string stands for bytes, and not for its characters. */
const BYTE_ENCODING = /^(?:hex|base64|base64url)$/i;

/**
 * The arguments of `write` with the chunk masked. A string that stands for bytes becomes those
 * bytes, and its encoding goes.
 */
function redactWrite(
  { pieces, value }: StreamRedaction,
  chunk: unknown,
  rest: readonly unknown[],
): readonly unknown[] {
  if (chunk instanceof Uint8Array) return [pieces.write(chunk), ...rest];
  if (typeof chunk !== 'string') return [chunk === null ? null : value(chunk), ...rest];
  const [encoding, ...others] = rest;
  if (typeof encoding !== 'string' || !BYTE_ENCODING.test(encoding)) {
    return [pieces.write(chunk), ...rest];
  }
  return [pieces.write(Buffer.from(chunk, encoding as BufferEncoding)), ...others];
}

/**
 * @returns undoes it, unless somebody else has replaced the method since: then ours stays, and only
 *   passes on
 */
function replaceMethod(target: object, name: string, method: Method): () => void {
  const before = Reflect.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, {
    value: method,
    enumerable: before?.enumerable ?? false,
    configurable: true,
    writable: true,
  });
  return () => {
    if (Reflect.get(target, name) !== method) return;
    if (before === undefined) Reflect.deleteProperty(target, name);
    else Object.defineProperty(target, name, before);
  };
}
