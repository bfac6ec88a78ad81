import { request as httpRequest } from 'node:http';
import type { CaseAnswer, CaseRequest, CaseServer } from './case-types.js';

/**
 * Sends a request over HTTP/1.1 exactly as it is written. Rejects when the server answers nothing.
 */
export function sendHttp(server: CaseServer, request: CaseRequest): Promise<CaseAnswer> {
  const { hostname, port, host } = new URL(server.url);
  const length = request.hangUpBefore ?? Buffer.byteLength(request.body ?? '');
  const headers = [['host', host], ...(request.headers ?? [])];
  if (request.body !== undefined) {
    if (!headers.some(([name]) => name?.toLowerCase() === 'content-type')) {
      headers.push(['content-type', 'application/json']);
    }
    headers.push(['content-length', String(length)]);
  }
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        hostname,
        port,
        method: request.method,
        path: request.path,
        // A flat list: a header given twice is sent twice.
        headers: headers.flat() as never,
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers as CaseAnswer['headers'],
            body: Buffer.concat(chunks).toString(),
          });
          outgoing.destroy();
        });
      },
    );
    // After an answer this changes nothing: the server may hang up on a body that it does not want.
    outgoing.on('error', reject);
    if (request.hangUpBefore === undefined) {
      outgoing.end(request.body);
    } else {
      outgoing.write(request.body ?? '', () => setImmediate(() => outgoing.destroy()));
    }
  });
}
