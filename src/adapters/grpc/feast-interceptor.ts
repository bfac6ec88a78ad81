import type { ServerInterceptor } from '@grpc/grpc-js';
import { checkOptions } from '../../foundation/options.js';
import type { Gate } from '../../gate/index.js';
import type { FeastVocabulary, Vocabulary } from '../../model/index.js';
import {
  createInterceptor,
  INTERCEPTOR_OPTIONS,
  type InterceptorOptions,
} from './create-interceptor.js';
import { toFeastStatus } from './feast-status.js';
import { REGISTRY_SERVICE, registryMethods } from './registry-methods.js';

/**
 * Makes the interceptor that stands between the calls of a gRPC server and its handlers.
 *
 * A caller is authenticated by the `authorization` metadata before any message is read, and what
 * the method requires is decided on before its handler is called. Feast's registry service is known
 * by itself, and health checks are public; everything else stands in `methods`. Put it first in the
 * server's list of interceptors: what stands before it sees messages of unverified callers.
 *
 * @throws TypeError if an option is unknown or invalid
 * @example
 * new Server({ interceptors: [feastInterceptor(gate, { feast: { project: 'credit_scoring' } })] });
 */
export function feastInterceptor<V extends Vocabulary = FeastVocabulary>(
  gate: Gate<V>,
  options: InterceptorOptions<V> = {},
): ServerInterceptor {
  checkOptions<InterceptorOptions<Vocabulary>>(options, INTERCEPTOR_OPTIONS);
  const known = registryMethods(gate, options.feast);
  return createInterceptor(gate, options, known, (status, path) =>
    path.startsWith(REGISTRY_SERVICE) ? toFeastStatus(status) : status,
  );
}
