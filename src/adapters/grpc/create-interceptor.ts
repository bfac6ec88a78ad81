import {
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import type { OptionNames } from '../../foundation/options.js';
import { REQUIREMENT_OPTIONS } from '../../gate/endpoints/request-context.js';
import { assertGraceSeconds, type Gate, type RequirementOptions } from '../../gate/index.js';
import type { FeastVocabulary, Vocabulary } from '../../model/index.js';
import {
  ADAPTER_OPTIONS,
  type AdapterOptions,
  createUnguardedCheck,
} from '../support/adapter-options.js';
import { type ExpiredStream, GuardedCall } from './guarded-call.js';
import type { MethodAccess } from './method-guard.js';
import {
  assertServices,
  createMethodTable,
  type MethodRule,
  type MethodTable,
} from './method-table.js';

const DEFAULT_STREAM_GRACE_SECONDS = 3600;

/** `unguarded` and `onUnguarded` are about methods, by their full path. */
export interface InterceptorOptions<V extends Vocabulary = FeastVocabulary> extends AdapterOptions {
  /**
   * Who may call what, by `/package.Service/Method`, or `/package.Service/*` for all methods of a service. `Check` and `Watch` of
   * `grpc.health.v1.Health` are public unless a rule here says otherwise. Reflection is a method like others.
   */
  readonly methods?: Readonly<Record<string, MethodRule<V>>> | undefined;
  /** How requests to Feast's own services are read. */
  readonly feast?: RequirementOptions | undefined;
  /**
   * How long the answer to one request that was decided on may go on after its token has ended, in seconds. A stream whose messages
   * are decided on one by one ends with the token. Default: 3,600.
   */
  readonly streamGraceSeconds?: number | undefined;
  /** Called when the token of a stream has ended. What it throws changes nothing. */
  readonly onStreamExpired?: ((stream: ExpiredStream) => unknown) | undefined;
  /** Services of the server, looked at once: one with a method that nothing is said about is refused or reported then. */
  readonly services?: readonly ServiceDefinition[] | undefined;
}

export const INTERCEPTOR_OPTIONS: OptionNames<InterceptorOptions<Vocabulary>> = {
  ...ADAPTER_OPTIONS,
  methods: true,
  feast: REQUIREMENT_OPTIONS,
  streamGraceSeconds: true,
  onStreamExpired: true,
  services: true,
};

/**
 * Makes the interceptor of a server from a table of methods that are known by themselves, and options that may replace
 * each of them.
 *
 * @throws TypeError when an option is wrong
 */
export function createInterceptor<V extends Vocabulary>(
  gate: Gate<V>,
  options: InterceptorOptions<V>,
  known: (path: string) => MethodAccess | undefined,
): ServerInterceptor {
  const { methods = {}, services = [], onError, onStreamExpired } = options;
  const { streamGraceSeconds = DEFAULT_STREAM_GRACE_SECONDS } = options;
  assertGraceSeconds(streamGraceSeconds, 'streamGraceSeconds');
  if (onStreamExpired !== undefined && typeof onStreamExpired !== 'function') {
    throw new TypeError('option onStreamExpired must be a function');
  }
  const anyGate = gate as unknown as Gate<Vocabulary>;
  if (typeof gate?.authenticate !== 'function') throw new TypeError('gate must be a gate');
  const table = createMethodTable({
    methods: { ...methods } as unknown as Readonly<Record<string, MethodRule<Vocabulary>>>,
    vocabulary: anyGate.vocabulary,
    checkUnguarded: createUnguardedCheck(options),
    known,
  });
  assertServices(table, services);
  const shared = { gate: anyGate, onError, streamGraceSeconds, onStreamExpired };
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
