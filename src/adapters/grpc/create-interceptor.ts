import {
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import type { OptionNames } from '../../foundation/options.js';
import { REQUIREMENT_OPTIONS } from '../../gate/endpoints/request-context.js';
import type { Gate, RequirementOptions } from '../../gate/index.js';
import type { FeastVocabulary, Vocabulary } from '../../model/index.js';
import {
  ADAPTER_OPTIONS,
  type AdapterOptions,
  createUnguardedCheck,
} from '../support/adapter-options.js';
import {
  readStreamOptions,
  STREAM_OPTIONS,
  type StreamOptions,
} from '../support/stream-options.js';
import { GuardedCall, type GuardedMethod } from './guarded-call.js';
import type { MethodAccess } from './method-guard.js';
import {
  assertServices,
  createMethodTable,
  type MethodRule,
  type MethodTable,
} from './method-table.js';

/**
 * `unguarded` and `onUnguarded` are about methods, by their full path. A stream whose messages are
 * decided on one by one ends with its token, whatever `streamGraceSeconds` says.
 */
export interface InterceptorOptions<V extends Vocabulary = FeastVocabulary>
  extends AdapterOptions,
    StreamOptions {
  /**
   * Who may call what, by `/package.Service/Method`, or `/package.Service/*` for all methods of a
   * service. `Check` and `Watch` of `grpc.health.v1.Health` are public unless a rule here says
   * otherwise. Reflection is a method like others.
   */
  readonly methods?: Readonly<Record<string, MethodRule<V>>> | undefined;
  /** How requests to Feast's own services are read. */
  readonly feast?: RequirementOptions | undefined;
  /**
   * Services of the server, looked at once: one with a method that nothing is said about is refused
   * or reported then.
   */
  readonly services?: readonly ServiceDefinition[] | undefined;
}

export const INTERCEPTOR_OPTIONS: OptionNames<InterceptorOptions<Vocabulary>> = {
  ...ADAPTER_OPTIONS,
  ...STREAM_OPTIONS,
  methods: true,
  feast: REQUIREMENT_OPTIONS,
  services: true,
};

/**
 * Makes the interceptor of a server from a table of methods that are known by themselves, and
 * options that may replace each of them.
 *
 * @param toStatus how a refusal is told to clients of a method
 * @throws TypeError when an option is wrong
 */
export function createInterceptor<V extends Vocabulary>(
  gate: Gate<V>,
  options: InterceptorOptions<V>,
  known: (path: string) => MethodAccess | undefined,
  toStatus: GuardedMethod['toStatus'],
): ServerInterceptor {
  const { methods = {}, services = [], onError } = options;
  const streams = readStreamOptions(options);
  const anyGate = gate as unknown as Gate<Vocabulary>;
  if (typeof gate?.authenticate !== 'function') throw new TypeError('gate must be a gate');
  const table = createMethodTable({
    methods: { ...methods } as unknown as Readonly<Record<string, MethodRule<Vocabulary>>>,
    vocabulary: anyGate.vocabulary,
    checkUnguarded: createUnguardedCheck(options),
    known,
  });
  assertServices(table, services);
  const shared = { gate: anyGate, onError, toStatus, ...streams };
  return (definition, call) => {
    const guard = accessOf(table, definition.path);
    if (guard === 'public') return new ServerInterceptingCall(call);
    return new GuardedCall(call, { ...shared, definition, guard });
  };
}

/** What is thrown here would end the process: it is for the server to catch, which does not. */
function accessOf(table: MethodTable, path: string): MethodAccess {
  try {
    return table.accessOf(path);
  } catch {
    return 'closed';
  }
}
