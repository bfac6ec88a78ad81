import type { Metadata } from '@grpc/grpc-js';
import type { Caller } from '../../gate/index.js';
import type { FeastVocabulary, Vocabulary } from '../../model/index.js';

/**
 * By the metadata of their calls, which is the one object that the interceptor and the handler
 * share.
 */
const callers = new WeakMap<object, Caller<Vocabulary>>();

export function rememberCaller(metadata: Metadata, caller: Caller<Vocabulary>): void {
  callers.set(metadata, caller);
}

/**
 * Who makes a call, for its handler: to ask more than the interceptor did.
 *
 * Shape: `undefined` for a method that is `public`, and where another interceptor has put other
 * metadata in place.
 *
 * @example
 * const handler = (call, callback) => {
 *   const views = callerOf(call)?.filter('READ_ONLINE', allViews) ?? [];
 *   callback(null, { views });
 * };
 */
export function callerOf<V extends Vocabulary = FeastVocabulary>(call: {
  readonly metadata: Metadata;
}): Caller<V> | undefined {
  return callers.get(call.metadata) as unknown as Caller<V> | undefined;
}
