/** What is used of a response of `node:http`. */
interface DestroyableResponse {
  /** Null: the response waits behind another of its connection, or has ended. */
  readonly socket?: Destroyable | null | undefined;
  destroy(): unknown;
  once?(event: 'socket', listener: (socket: Destroyable) => void): unknown;
}

interface Destroyable {
  destroy(): unknown;
}

/**
 * Closes the connection of a response, so that the client cannot take half of it for the whole. A
 * pipelined response closes the connection when its turn comes.
 *
 * Node.js 24 and later send what was written of a destroyed response when its turn comes, and leave
 * the connection open.
 */
export function destroyResponse(response: DestroyableResponse): void {
  if (response.socket === null) response.once?.('socket', (socket) => socket.destroy());
  response.destroy();
}
