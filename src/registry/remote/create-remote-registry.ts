import { setTimeout as sleep } from 'node:timers/promises';
import { joinSignals, waitFor, withinTime } from '../../foundation/abort.js';
import { runInSlices } from '../../foundation/time-slices.js';
import {
  AuthzError,
  RegistryInvalidError,
  RegistryProjectMissingError,
  RegistryUnavailableError,
} from '../../model/index.js';
import { decodeNamedRegistry } from '../file/read-registry-file.js';
import { polledSource } from '../polled-source.js';
import type { RegistryContents, RegistrySource } from '../registry-source.js';
import { encodeAnswers } from './encode-answers.js';
import { type FetchedRegistry, fetchRegistry } from './fetch-registry.js';
import type { OwnAccount } from './own-account.js';
import type { RegistryClient } from './registry-client.js';
import { isTransient, mayBeToken, RemoteCallError, toRegistryError } from './remote-call-error.js';

/** A registry server, and how it is asked. */
export interface RemoteServer {
  /** For messages: `registry server host:6570`. */
  readonly place: string;
  /** The project of the configuration. */
  readonly project: string | undefined;
  /** What should be known of the connection. */
  readonly warnings: readonly string[];
  /** Makes the connection of one read. */
  readonly connect: () => Promise<RemoteConnection>;
}

/** The connection of one read. */
export interface RemoteConnection {
  readonly client: RegistryClient;
  /** What the server knows this client by. Undefined: the server lets everyone in. */
  readonly account: OwnAccount | undefined;
  /** The server may not accept the token: the next connection gets another. */
  readonly refuse?: () => void;
}

/** For one read, with all of its calls. */
const READ_MS = 300_000;
/** Pauses before a call is sent again, when the server could not be reached. */
const RETRY_PAUSES_MS = [250, 1000];

/**
 * The registry that a server of Feast serves, as a source.
 *
 * The server says nothing of its version with its lists, so each look of a watch reads all of them.
 * They are decoded if they differ from those before.
 */
export function createRemoteRegistry(server: RemoteServer): RegistrySource {
  return polledSource(new RemoteRegistry(server), {
    // What is behind a server may be a database.
    isAppliedInSteps: true,
    describe: () => server.place,
  });
}

/** What was fetched, with its version. */
interface Fetched extends FetchedRegistry {
  readonly version: string;
  readonly bytes: Uint8Array;
}

class RemoteRegistry {
  readonly #server: RemoteServer;
  /** Projects that were shown to be whole. */
  readonly #proven = new Set<string>();
  /** The version that was read last. Undefined: never, or the server could not be asked. */
  #met: string | undefined;
  #last: { readonly version: string; readonly contents: RegistryContents } | undefined;

  constructor(server: RemoteServer) {
    this.#server = server;
  }

  async read(signal: AbortSignal | undefined): Promise<RegistryContents> {
    this.#met = undefined;
    const { version, bytes, answers, warnings } = await this.#fetch(signal);
    this.#met = version;
    const known = this.#last;
    const contents =
      known?.version === version ? known.contents : await this.#decode(bytes, warnings);
    this.#last = { version, contents };
    for (const { project } of answers) this.#proven.add(project);
    return contents;
  }

  async hasChanged(signal: AbortSignal): Promise<boolean> {
    if (this.#met === undefined) return true;
    try {
      return (await this.#fetch(signal)).version !== this.#met;
    } catch {
      // Reading says what is wrong.
      return true;
    }
  }

  async #decode(bytes: Uint8Array, more: readonly string[]): Promise<RegistryContents> {
    const contents = await decodeNamedRegistry(this.#server.place, bytes);
    const warnings = [...(contents.warnings ?? []), ...this.#server.warnings, ...more];
    return Object.freeze({ ...contents, warnings: Object.freeze(warnings) });
  }

  async #fetch(given: AbortSignal | undefined): Promise<Fetched> {
    given?.throwIfAborted();
    const { place } = this.#server;
    const late = (): Error =>
      new RegistryUnavailableError(
        `${place} cannot be read: it took more than ${READ_MS / 1000} s`,
        { reason: 'unreachable' },
      );
    try {
      const fetched = withinTime(READ_MS, late, async (timeout) => {
        const { signal, release } = joinSignals(given === undefined ? [timeout] : [timeout, given]);
        return await this.#ask(signal).finally(release);
      });
      return await waitFor(fetched, given);
    } catch (error) {
      given?.throwIfAborted();
      throw this.#name(error);
    }
  }

  async #ask(signal: AbortSignal): Promise<Fetched> {
    const { place, project } = this.#server;
    const { client, account, refuse } = await this.#server.connect();
    try {
      const options = { place, project, account, proven: this.#proven, signal };
      const fetched = await fetchRegistry(withRetries(client), options);
      const steps = encodeAnswers(fetched.answers);
      return { ...fetched, ...(await runInSlices(steps, Number.POSITIVE_INFINITY)) };
    } catch (error) {
      if (!(error instanceof RemoteCallError)) throw error;
      if (mayBeToken(error)) refuse?.();
      throw toRegistryError(place, error);
    } finally {
      client.close();
    }
  }

  /** Puts the server before what is wrong with its answers. */
  #name(error: unknown): unknown {
    const { place } = this.#server;
    if (!(error instanceof AuthzError) || error.message.includes(place)) return error;
    const message = `${place} ${error.message}`;
    if (error instanceof RegistryInvalidError) {
      return new RegistryInvalidError(message, { cause: error });
    }
    return error instanceof RegistryProjectMissingError
      ? new RegistryProjectMissingError(message, error, { cause: error })
      : error;
  }
}

function withRetries(client: RegistryClient): RegistryClient {
  return {
    ...client,
    call: async (method, request, signal) => {
      for (const pause of RETRY_PAUSES_MS) {
        try {
          return await client.call(method, request, signal);
        } catch (error) {
          if (!isTransient(error)) throw error;
        }
        await sleep(pause, undefined, { signal });
      }
      return await client.call(method, request, signal);
    },
  };
}
