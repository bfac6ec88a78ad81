import type { Transcript } from './transcript.js';

/**
 * Records what is written to a stream, and writes it all the same. Gives a function that ends that.
 */
export function recordStream(
  transcript: Transcript,
  channel: string,
  stream: NodeJS.WriteStream,
): () => void {
  const before = Object.getOwnPropertyDescriptor(stream, 'write');
  const write = stream.write.bind(stream) as (...args: readonly unknown[]) => boolean;
  stream.write = (piece: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    const [encoding] = rest;
    const isEncoded = typeof piece === 'string' && typeof encoding === 'string';
    transcript.write(channel, isEncoded ? Buffer.from(piece, encoding as BufferEncoding) : piece);
    return write(piece, ...rest);
  };
  return () => {
    if (before === undefined) Reflect.deleteProperty(stream, 'write');
    else Object.defineProperty(stream, 'write', before);
  };
}
