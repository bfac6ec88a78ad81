import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import { sendRefusal } from '../../src/adapters/support/send-refusal.js';
import { destroyResponse } from '../../src/foundation/destroy-response.js';

/**
 * What a client reads that asks twice at once, if `act` is called with the second response before
 * the first ends.
 */
async function askTwice(act: (response: ServerResponse) => void): Promise<string> {
  const responses: ServerResponse[] = [];
  const server = createServer((_, response) => {
    response.write('begun');
    responses.push(response);
    const [first, second] = responses;
    if (first === undefined || second === undefined) return;
    act(second);
    first.end(' and ended');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2));
  let text = '';
  client.on('data', (chunk) => {
    text += String(chunk);
  });
  await new Promise((resolve) => client.once('close', resolve));
  server.close();
  return text;
}

test.each([
  ['is destroyed', destroyResponse],
  [
    'was destroyed before',
    (response: ServerResponse) => {
      response.destroy();
      destroyResponse(response);
    },
  ],
  [
    'is refused after it was begun',
    (response: ServerResponse) => {
      const grpc = { code: 13, message: 'failed' };
      sendRefusal(response, { status: 500, headers: {}, body: '{}', grpc });
    },
  ],
])(
  'a pipelined response that %s closes the connection, and nothing of it is sent',
  async (_, act) => {
    const text = await askTwice(act);
    expect(text).toContain(' and ended');
    expect(text.match(/begun/g)).toHaveLength(1);
  },
);

test('a response of another make is destroyed', () => {
  const destroy = vi.fn<() => void>();
  destroyResponse({ destroy });
  destroyResponse({ socket: null, destroy });
  expect(destroy).toHaveBeenCalledTimes(2);
});
