import type { FastifyReply } from 'fastify';

/** The classes of errors that Feast's clients raise, by the status of the answer. */
const CLASSES: ReadonlyMap<number, string> = new Map([
  [403, 'FeastPermissionError'],
  [404, 'FeastObjectNotFoundException'],
]);

const PROBLEM = 'application/problem+json';

/**
 * What is sent in place of the body of a refusal, so that Feast's own clients raise their own
 * errors and not a `RuntimeError`: a string of JSON with the class to raise. Other bodies, and
 * other statuses, are sent as they are.
 *
 * @source Feast 0.66.0 and 0.67.0, how its clients read errors
 */
export function toFeastError(reply: FastifyReply, body: unknown): unknown {
  const name = CLASSES.get(reply.statusCode);
  const type = String(reply.getHeader('content-type'));
  if (name === undefined || !type.startsWith(PROBLEM) || typeof body !== 'string') return body;
  const { detail } = JSON.parse(body) as { readonly detail: string };
  const error = JSON.stringify({ module: 'feast.errors', class: name, message: detail });
  reply.header('content-type', 'application/json').removeHeader('content-length');
  return JSON.stringify(error);
}
