import { connect, constants } from 'node:http2';
import { gzipSync } from 'node:zlib';

export interface RawAnswer {
  /** -1: the call ended without a status. */
  readonly code: number;
  readonly details: string;
  readonly messages: readonly Buffer[];
}

export interface RawCall {
  readonly port: number;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly messages: readonly Buffer[];
  /** Announces one more message of this many bytes, sends none of it, and cancels the call. */
  readonly cancelBefore?: number;
  /** Whether messages are sent in gzip, each by itself. Default: false. */
  readonly isCompressed?: boolean;
}

/** A gRPC call over HTTP/2 exactly as it is written: no client checks a header or a path first. */
export async function callRaw(call: RawCall): Promise<RawAnswer> {
  const session = connect(`http://127.0.0.1:${call.port}`);
  try {
    return await send(session, call);
  } finally {
    session.close();
  }
}

function send(session: ReturnType<typeof connect>, call: RawCall): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    session.on('error', reject);
    const stream = session.request({
      ':method': 'POST',
      ':path': call.path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...(call.isCompressed ? { 'grpc-encoding': 'gzip' } : {}),
      ...call.headers,
    });
    const chunks: Buffer[] = [];
    let status: Readonly<Record<string, unknown>> = {};
    stream.on('response', (headers) => (status = { ...status, ...headers }));
    stream.on('trailers', (headers) => (status = { ...status, ...headers }));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('close', () => {
      const code = status['grpc-status'] ?? -1;
      resolve({
        code: Number(code),
        details: decodeURIComponent(String(status['grpc-message'] ?? '')),
        messages: split(Buffer.concat(chunks)),
      });
    });
    for (const message of call.messages) stream.write(frame(message, call.isCompressed));
    if (call.cancelBefore === undefined) {
      stream.end();
      return;
    }
    const start = Buffer.alloc(5);
    start.writeUInt32BE(call.cancelBefore, 1);
    stream.write(start, () => {
      setTimeout(() => {
        stream.close(constants.NGHTTP2_CANCEL);
        reject(new Error('cancelled'));
      }, 50);
    });
  });
}

function frame(message: Buffer, isCompressed = false): Buffer {
  const body = isCompressed ? gzipSync(message) : message;
  const head = Buffer.alloc(5);
  head.writeUInt8(isCompressed ? 1 : 0, 0);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

function split(bytes: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = at + 5 + bytes.readUInt32BE(at + 1);
    messages.push(bytes.subarray(at + 5, end));
    at = end;
  }
  return messages;
}
