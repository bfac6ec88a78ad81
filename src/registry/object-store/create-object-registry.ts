import { joinSignals, waitFor, withinTime } from '../../foundation/abort.js';
import { ByteCollector } from '../../foundation/collect-bytes.js';
import { isAuthzError, quote, RegistryInvalidError } from '../../model/index.js';
import { decodeNamedRegistry, digestOf, MAX_REGISTRY_BYTES } from '../file/read-registry-file.js';
import { polledSource } from '../polled-source.js';
import type { RegistryContents, RegistrySource } from '../registry-source.js';
import { isNotModified, notArrived, toUnavailable } from './object-failure.js';
import type { ObjectVersion, StoredObject } from './object-store.js';

/** Bounds of one read. */
export interface ObjectLimits {
  readonly maxBytes: number;
  /** For the whole content, with the SDK's own repetitions. */
  readonly timeoutMs: number;
  /** Between two pieces of the content: some SDKs do not notice that a connection broke. */
  readonly idleMs: number;
}

const LIMITS: ObjectLimits = {
  maxBytes: MAX_REGISTRY_BYTES,
  timeoutMs: 120_000,
  idleMs: 20_000,
};

/**
 * A registry file in an object store, as a source. The store is asked for the object and for
 * nothing else, and never written to.
 *
 * A watch asks for the object unless it is still the version that was read last, so that a look
 * that finds nothing new transfers no content.
 */
export function createObjectRegistry(
  object: StoredObject,
  limits: ObjectLimits = LIMITS,
): RegistrySource {
  return polledSource(new RegistryObject(object, limits), {
    describe: () => `registry ${object.place}`,
  });
}

/** A version that was read. */
interface LastRead {
  readonly tag: string | undefined;
  /** Undefined: the content is not a registry. */
  readonly decoded: { readonly digest: string; readonly contents: RegistryContents } | undefined;
}

class RegistryObject {
  readonly #object: StoredObject;
  readonly #limits: ObjectLimits;
  /** Undefined: nothing was read yet, or the store could not be reached. */
  #last: LastRead | undefined;
  /** What the last whole registry was. */
  #decoded: LastRead['decoded'];

  constructor(object: StoredObject, limits: ObjectLimits) {
    this.#object = object;
    this.#limits = limits;
  }

  async read(signal: AbortSignal | undefined): Promise<RegistryContents> {
    const last = this.#last;
    this.#last = undefined;
    const known = last?.decoded === undefined ? undefined : last.tag;
    const found = await this.#ask(signal, async (within) => {
      const version = await this.#get(known, within);
      return version && { tag: version.tag, bytes: await this.#collect(version, within) };
    });
    if (found === undefined && last?.decoded !== undefined) {
      this.#last = last;
      return last.decoded.contents;
    }
    if (found === undefined) throw notArrived(this.#object, 'it was not sent');
    this.#last = { tag: found.tag, decoded: undefined };
    this.#decoded = await this.#decode(found.bytes);
    this.#last = { tag: found.tag, decoded: this.#decoded };
    return this.#decoded.contents;
  }

  /** A store that cannot be asked may hold anything: reading says what is wrong. */
  async hasChanged(signal: AbortSignal): Promise<boolean> {
    const known = this.#last?.tag;
    if (known === undefined) return true;
    try {
      const version = await this.#ask(signal, (within) => this.#get(known, within));
      version?.body.destroy();
      return version !== undefined;
    } catch {
      return true;
    }
  }

  async #decode(bytes: Uint8Array): Promise<NonNullable<LastRead['decoded']>> {
    const digest = await digestOf(bytes);
    if (this.#decoded?.digest === digest) return this.#decoded;
    const contents = await decodeNamedRegistry(`registry ${quote(this.#object.place)}`, bytes);
    return { digest, contents };
  }

  /** @throws the signal's reason, when it is aborted; otherwise what a registry's `read` throws */
  async #ask<T>(
    given: AbortSignal | undefined,
    ask: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    given?.throwIfAborted();
    const { timeoutMs } = this.#limits;
    const late = (): Error =>
      notArrived(this.#object, `${this.#object.store} took more than ${timeoutMs / 1000} s`);
    try {
      const asked = withinTime(timeoutMs, late, async (timeout) => {
        const { signal, release } = joinSignals(given === undefined ? [timeout] : [timeout, given]);
        try {
          return await ask(signal);
        } finally {
          release();
        }
      });
      return await waitFor(asked, given);
    } catch (error) {
      given?.throwIfAborted();
      throw error;
    }
  }

  async #get(known: string | undefined, signal: AbortSignal): Promise<ObjectVersion | undefined> {
    try {
      const version = await this.#object.get(known, signal);
      // A body that is given up fails, and so may one that waits to be read.
      version?.body.on('error', () => {});
      return version;
    } catch (error) {
      if (known !== undefined && isNotModified(error)) return undefined;
      throw this.#failureOf(error);
    }
  }

  async #collect({ body, length }: ObjectVersion, signal: AbortSignal): Promise<Uint8Array> {
    const { maxBytes, idleMs } = this.#limits;
    const stop = (): unknown => body.destroy(new Error('given up'));
    const idle = setTimeout(() => body.destroy(this.#stalled()), idleMs);
    signal.addEventListener('abort', stop);
    try {
      if (signal.aborted) stop();
      if (length !== undefined && length > maxBytes) throw this.#tooLarge();
      const collector = new ByteCollector(maxBytes);
      for await (const chunk of body) {
        idle.refresh();
        if (!collector.add(chunk)) throw this.#tooLarge();
      }
      const bytes = collector.toBytes();
      if (length === undefined || bytes.length === length) return bytes;
      throw notArrived(this.#object, `${bytes.length} of its ${length} bytes arrived`);
    } catch (error) {
      throw this.#failureOf(error);
    } finally {
      clearTimeout(idle);
      signal.removeEventListener('abort', stop);
      body.destroy();
    }
  }

  #stalled(): Error {
    const { store } = this.#object;
    return notArrived(this.#object, `${store} sent nothing for ${this.#limits.idleMs / 1000} s`);
  }

  #tooLarge(): RegistryInvalidError {
    const { maxBytes } = this.#limits;
    const place = quote(this.#object.place);
    return new RegistryInvalidError(`registry ${place} is larger than ${maxBytes} bytes`);
  }

  #failureOf(error: unknown): Error {
    return isAuthzError(error) ? error : toUnavailable(this.#object, error);
  }
}
