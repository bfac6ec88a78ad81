import { listSome } from '../../foundation/names.js';
import { runInSlices } from '../../foundation/time-slices.js';
import {
  quote,
  RegistryInvalidError,
  RegistryProjectMissingError,
  RegistryUnavailableError,
} from '../../model/index.js';
import { MAX_REGISTRY_BYTES } from '../file/read-registry-file.js';
import { decodeInSteps } from '../wire/decode-registry.js';
import { nameOfObject } from '../wire/object-writer.js';
import { encodeAnswers, type ProjectAnswers } from './encode-answers.js';
import { findHiddenTypes } from './find-hidden-types.js';
import type { OwnAccount } from './own-account.js';
import type { RegistryClient } from './registry-client.js';
import {
  decodeList,
  encodeProjectRequest,
  LIST_PROJECTS_REQUEST,
  PROJECT_LISTS,
} from './registry-messages.js';
import { GRPC_CODES, RemoteCallError } from './remote-call-error.js';

/** What is asked for, and by whom. */
export interface FetchOptions {
  /** The server, for messages. */
  readonly place: string;
  /** The project of the configuration, without which nothing is returned. */
  readonly project: string | undefined;
  /** Undefined: the server lets everyone in, and shows everything. */
  readonly account: OwnAccount | undefined;
  /** Projects that were shown to be whole before. */
  readonly proven: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/** All that a server shows. */
export interface FetchedRegistry {
  readonly answers: readonly ProjectAnswers[];
  readonly warnings: readonly string[];
}

/** Reads of one project while its permissions change. */
const MAX_READS = 3;

/**
 * Fetches all projects of a registry server, list by list.
 *
 * A project is taken only if its permissions show that nothing of it is hidden from this account.
 * Other projects than that of the configuration are left out otherwise, with a warning.
 *
 * @throws RegistryProjectMissingError if the server does not have the project of the configuration
 * @throws RegistryUnavailableError if it may hide something of that project, or if the permissions
 *   keep changing
 * @throws RegistryInvalidError if an answer is damaged
 * @throws RemoteCallError if a call fails
 */
export async function fetchRegistry(
  client: RegistryClient,
  options: FetchOptions,
): Promise<FetchedRegistry> {
  const fetcher = new RegistryFetcher(client, options);
  return await fetcher.fetch();
}

class RegistryFetcher {
  readonly #client: RegistryClient;
  readonly #options: FetchOptions;
  readonly #warnings: string[] = [];
  #bytes = 0;

  constructor(client: RegistryClient, options: FetchOptions) {
    this.#client = client;
    this.#options = options;
  }

  async fetch(): Promise<FetchedRegistry> {
    const answers: ProjectAnswers[] = [];
    for (const [project, message] of await this.#findProjects()) {
      const answer = await this.#fetchVisible(project, message);
      if (answer !== undefined) answers.push(answer);
    }
    return { answers, warnings: this.#warnings };
  }

  /** Protected projects are in no list: that of the configuration is asked for by its name. */
  async #findProjects(): Promise<ReadonlyMap<string, Uint8Array>> {
    const { project: own } = this.#options;
    const found = new Map<string, Uint8Array>();
    if (own !== undefined) found.set(own, await this.#findOwn(own));
    try {
      for (const message of await this.#list('ListProjects', LIST_PROJECTS_REQUEST)) {
        const name = nameOfObject('projects', message);
        if (name !== own) found.set(name, message);
      }
    } catch (error) {
      if (own === undefined || !isCode(error, GRPC_CODES.permissionDenied)) throw error;
      this.#warnings.push(
        `${this.#options.place} does not show its other projects to this account`,
      );
    }
    return found;
  }

  /** A server answers lists of a project that it does not have with empty ones. */
  async #findOwn(project: string): Promise<Uint8Array> {
    try {
      return await this.#call('GetProject', encodeProjectRequest(project));
    } catch (error) {
      if (!isCode(error, GRPC_CODES.notFound)) throw error;
      const message = `project ${quote(project)} is not in ${this.#options.place}`;
      throw new RegistryProjectMissingError(message, { project });
    }
  }

  /** @returns undefined if it is another project, of which something may be hidden */
  async #fetchVisible(project: string, message: Uint8Array): Promise<ProjectAnswers | undefined> {
    try {
      return await this.#fetchProject(project, message);
    } catch (error) {
      const isHidden = error instanceof HiddenError || isCode(error, GRPC_CODES.permissionDenied);
      if (!isHidden) throw error;
      if (project === this.#options.project) {
        throw error instanceof HiddenError ? this.#hidden(project, error.types) : error;
      }
      this.#warnings.push(
        `project ${quote(project)} is left out: ${this.#options.place} may hide objects of it from this account`,
      );
      return undefined;
    }
  }

  async #fetchProject(project: string, message: Uint8Array): Promise<ProjectAnswers> {
    for (let read = 1; read <= MAX_READS; read += 1) {
      const request = encodeProjectRequest(project);
      const permissions = await this.#list('ListPermissions', request);
      await this.#assertVisible({
        project,
        objects: new Map([
          ['projects', [message]],
          ['permissions', permissions],
        ]),
      });
      const objects = new Map<string, readonly Uint8Array[]>([['projects', [message]]]);
      for (const { list, method } of PROJECT_LISTS) {
        if (list !== 'permissions') objects.set(list, await this.#list(method, request));
      }
      // The lists are read one after the other: what they say of one state has the same permissions
      // before and after.
      const now = await this.#list('ListPermissions', request);
      objects.set('permissions', now);
      if (!areEqual(permissions, now)) continue;
      // It may have been deleted meanwhile: its lists are empty then, and no errors.
      if (now.length === 0 && project === this.#options.project) await this.#findOwn(project);
      return { project, objects };
    }
    throw new RegistryUnavailableError(
      `${this.#options.place} cannot be read: the permissions of project ${quote(project)} changed while they were read. Try again when \`feast apply\` has ended`,
      { reason: 'failing' },
    );
  }

  async #assertVisible(answers: ProjectAnswers): Promise<void> {
    const { account, proven } = this.#options;
    if (account === undefined) return;
    const { project, objects } = answers;
    // SECURITY: an account that may see no permission is shown a project without permissions. One
    // that was shown all of them before sees that they are gone, which closes the project.
    if (objects.get('permissions')?.length === 0 && proven.has(project)) return;
    const { bytes } = await inSlices(encodeAnswers([answers]));
    const { permissions } = await inSlices(decodeInSteps(bytes));
    const types = findHiddenTypes(permissions, project, account);
    if (types.length > 0) throw new HiddenError(types);
  }

  #hidden(project: string, types: readonly string[]): RegistryUnavailableError {
    return new RegistryUnavailableError(
      `${this.#options.place} may hide objects of project ${quote(project)} from this account: no permission shows that the account may DESCRIBE all objects of ${listSome(types.map(quote))}. Apply a permission without name patterns and required tags that grants it DESCRIBE on all types; if its roles, groups or namespaces are not in its token, say them in \`registry.account\``,
      { reason: 'denied' },
    );
  }

  async #list(method: string, request: Uint8Array): Promise<readonly Uint8Array[]> {
    return decodeList(await this.#call(method, request), method);
  }

  async #call(method: string, request: Uint8Array): Promise<Uint8Array> {
    const answer = await this.#client.call(method, request, this.#options.signal);
    this.#bytes += answer.length;
    if (this.#bytes > MAX_REGISTRY_BYTES) {
      throw new RegistryInvalidError(`is larger than ${MAX_REGISTRY_BYTES} bytes`);
    }
    return answer;
  }
}

async function inSlices<T>(steps: Iterator<unknown, T>): Promise<T> {
  return await runInSlices(steps, Number.POSITIVE_INFINITY);
}

/** The permissions of a project do not show that nothing of it is hidden. */
class HiddenError extends Error {
  readonly types: readonly string[];

  constructor(types: readonly string[]) {
    super('objects may be hidden');
    this.types = types;
  }
}

function isCode(error: unknown, code: number): boolean {
  return error instanceof RemoteCallError && error.code === code;
}

function areEqual(before: readonly Uint8Array[], after: readonly Uint8Array[]): boolean {
  return (
    before.length === after.length &&
    before.every((bytes, index) => Buffer.compare(bytes, after[index] as Uint8Array) === 0)
  );
}
