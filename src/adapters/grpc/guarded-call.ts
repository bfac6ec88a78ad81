import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerMethodDefinition,
} from '@grpc/grpc-js';
import { notify } from '../../foundation/notify.js';
import type { TimeBudget } from '../../foundation/time-slices.js';
import { maxDecisionMs } from '../../gate/decision-time.js';
import { type Caller, endWithToken, type Gate } from '../../gate/index.js';
import { IdentityInvalidError, RequestInvalidError, type Vocabulary } from '../../model/index.js';
import { authenticate, decideInSlices } from '../support/pass-gate.js';
import type { ExpiredStream } from '../support/stream-options.js';
import { type CallStatus, NOT_OPEN, statusOf } from './call-status.js';
import { rememberCaller } from './caller-of.js';
import type { MethodGuard, Requirements } from './method-guard.js';

type Listener = Parameters<ServerInterceptingCallInterface['start']>[0];

/** The message that waits until the handler reads. Wrapped, as a message may be any value. */
interface HeldMessage {
  readonly message: unknown;
}

export interface GuardedMethod {
  readonly gate: Gate<Vocabulary>;
  readonly onError?: ((error: unknown) => unknown) | undefined;
  /** How a refusal is told to clients of the method. Default: as it is. */
  readonly toStatus?: ((status: CallStatus, path: string) => CallStatus) | undefined;
  readonly streamGraceSeconds: number;
  readonly onStreamExpired?: ((stream: ExpiredStream) => unknown) | undefined;
  readonly definition: ServerMethodDefinition<unknown, unknown>;
  /** `closed`: verified callers are refused too. */
  readonly guard: MethodGuard | 'closed';
}

/**
 * A call that reaches its handler when the gate has let it.
 *
 * - The caller is authenticated before anything of the call is read: until then the connection's
 *   window is what bounds it.
 * - Where the requirement depends on a message, one message is read and decided on, and then the
 *   handler is called: in all four kinds of methods, though a handler of streams is otherwise
 *   called before there is a message.
 * - A message is read when the one before it was decided on and taken: at most one is held.
 *
 * - A stream is ended when its token has ended, or a while later where it is the answer to one
 *   request.
 *
 * INVARIANT: the inner call delivers one event (message or end) for each `startRead`.
 */
export class GuardedCall extends ServerInterceptingCall {
  readonly #call: ServerInterceptingCallInterface;
  /** For filtering the answer. */
  readonly #time: TimeBudget;
  readonly #method: GuardedMethod;
  #listener: Listener | undefined;
  #metadata: Metadata | undefined;
  #caller: Caller<Vocabulary> | undefined;
  #held: HeldMessage | undefined;
  /** The first message, where the answer is looked at in its light. */
  #request: unknown;
  /** Messages that were decided on. */
  #messages = 0;
  #isDeciding = false;
  /** Whether the handler has been called, or can be at any time. */
  #isReleased = false;
  #isRefused = false;
  #isCancelled = false;
  #forgetToken = (): void => {};

  constructor(call: ServerInterceptingCallInterface, method: GuardedMethod) {
    super(call);
    this.#call = call;
    this.#method = method;
    this.#time = { leftMs: maxDecisionMs(method.gate) };
  }

  override start(listener: Listener): void {
    this.#listener = listener;
    this.#call.start({
      onReceiveMetadata: (metadata) => void this.#attempt(() => this.#admit(metadata)),
      onReceiveMessage: (message: unknown) => void this.#attempt(() => this.#receive(message)),
      onReceiveHalfClose: () => void this.#attempt(async () => this.#finish()),
      onCancel: () => this.#cancel(),
    });
  }

  override startRead(): void {
    const held = this.#held;
    if (held === undefined) {
      this.#call.startRead();
      return;
    }
    this.#held = undefined;
    this.#listener?.onReceiveMessage(held.message);
  }

  override sendMetadata(metadata: Metadata): void {
    if (!this.#isRefused) super.sendMetadata(metadata);
  }

  override sendMessage(message: unknown, callback: () => void): void {
    if (this.#isRefused) return;
    const { guard, definition } = this.#method;
    const filter = guard === 'closed' ? undefined : guard.response;
    if (filter === undefined) {
      super.sendMessage(message, callback);
      return;
    }
    const send = (shown: unknown): void => {
      if (this.#isOver) return;
      if (shown !== undefined) super.sendMessage(shown, callback);
      else if (definition.responseStream) callback();
      else this.#fail(new TypeError(`the answer of ${definition.path} cannot be read`));
    };
    try {
      // A handler is called when its caller is known, and at no other time.
      const call = { request: this.#request, time: this.#time };
      const shown = filter(message, this.#caller as Caller<Vocabulary>, call);
      // SECURITY: what comes later is sent when it is there, and never in its place.
      if (shown instanceof Promise) shown.then(send).catch((error: unknown) => this.#fail(error));
      else send(shown);
    } catch (error) {
      this.#fail(error);
    }
  }

  override sendStatus(status: Parameters<ServerInterceptingCall['sendStatus']>[0]): void {
    this.#forgetToken();
    if (!this.#isRefused) super.sendStatus(status);
  }

  get #isOver(): boolean {
    return this.#isRefused || this.#isCancelled;
  }

  async #attempt(step: () => Promise<void>): Promise<void> {
    if (this.#isOver) return;
    try {
      await step();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #admit(metadata: Metadata): Promise<void> {
    const values = metadata.get('authorization').map(String);
    const caller = await authenticate(this.#method.gate, values);
    if (this.#isOver) return;
    const { guard } = this.#method;
    if (guard === 'closed') {
      this.#refuse(NOT_OPEN);
      return;
    }
    this.#caller = caller;
    this.#metadata = metadata;
    rememberCaller(metadata, caller);
    this.#watchToken(values, guard);
    if (guard.call !== undefined) await this.#authorize(caller, guard.call);
    if (this.#isOver) return;
    if (guard.request === undefined) this.#release();
    else this.#call.startRead();
  }

  #watchToken(authorization: readonly string[], guard: MethodGuard): void {
    const { gate, definition, streamGraceSeconds } = this.#method;
    const { requestStream, responseStream } = definition;
    // An answer of one message is as long as its handler takes.
    if (!requestStream && !responseStream) return;
    const isOneRequest = guard.isOneRequest ?? !requestStream;
    const end = (): void => {
      if (this.#isOver) return;
      this.#fail(new IdentityInvalidError('the token has expired during the call'));
      this.#tellExpired('ended');
    };
    this.#forgetToken = endWithToken(gate, authorization, end, {
      graceSeconds: isOneRequest ? streamGraceSeconds : 0,
      onGrace: () => this.#tellExpired('continues'),
    });
  }

  #tellExpired(outcome: ExpiredStream['outcome']): void {
    const { onStreamExpired, definition } = this.#method;
    notify(onStreamExpired, { operation: definition.path, outcome, time: Date.now() });
  }

  async #receive(message: unknown): Promise<void> {
    const { guard } = this.#method;
    const caller = this.#caller;
    // A call within this one that sends unrequested messages would make us hold more than one.
    if (guard === 'closed' || caller === undefined || this.#isDeciding || this.#held) {
      throw new TypeError('unexpected message');
    }
    if (guard.request !== undefined) {
      this.#isDeciding = true;
      const needed = await guard.request(message, this.#messages, caller);
      if (needed !== undefined) await this.#authorize(caller, needed);
      this.#isDeciding = false;
      if (this.#messages === 0 && guard.response !== undefined) this.#request = message;
      this.#messages += 1;
      if (this.#isOver) return;
    }
    if (this.#isReleased) {
      this.#listener?.onReceiveMessage(message);
      return;
    }
    this.#held = { message };
    this.#release();
  }

  #finish(): void {
    if (this.#isReleased) this.#listener?.onReceiveHalfClose();
    else throw new RequestInvalidError('the call ended without a request');
  }

  #cancel(): void {
    this.#forgetToken();
    this.#isCancelled = true;
    this.#held = undefined;
    if (this.#isReleased) this.#listener?.onCancel();
  }

  async #authorize(caller: Caller<Vocabulary>, requirements: Requirements): Promise<void> {
    const { gate, definition } = this.#method;
    await decideInSlices(gate, caller, requirements, definition.path);
  }

  #release(): void {
    this.#isReleased = true;
    this.#listener?.onReceiveMetadata(this.#metadata as Metadata);
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#end();
    const { gate, onError, definition, toStatus } = this.#method;
    const { path } = definition;
    void statusOf(gate, error, onError, path).then((status) => {
      this.#tell(toStatus === undefined ? status : toStatus(status, path));
    });
  }

  #refuse(status: CallStatus): void {
    if (this.#isOver) return;
    this.#end();
    this.#tell(status);
  }

  #end(): void {
    this.#forgetToken();
    this.#isRefused = true;
    this.#held = undefined;
  }

  #tell({ code, details }: CallStatus): void {
    if (!this.#isCancelled) this.#call.sendStatus({ code, details, metadata: null });
  }
}
