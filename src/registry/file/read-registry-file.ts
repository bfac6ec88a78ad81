import { Buffer } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { recognizeFile } from '../../config/index.js';
import { checkOptions } from '../../foundation/options.js';
import { runInSlices } from '../../foundation/time-slices.js';
import {
  quote,
  RegistryInvalidError,
  RegistryProjectMissingError,
  RegistryUnavailableError,
} from '../../model/index.js';
import type { RegistryContents } from '../registry-source.js';
import { decodeInSteps } from '../wire/decode-registry.js';
import { recognizeText } from './recognize-text.js';

/** 1 GiB. A registry of 100,000 resources has some 30 MB. */
export const MAX_REGISTRY_BYTES: number = 2 ** 30;

/**
 * Reads the registry file that Feast writes.
 *
 * Feast writes the file in place, so a read can meet a half-written one: that is a
 * {@link RegistryInvalidError}.
 *
 * @param path relative to the working folder, where it is not absolute
 * @throws {@link RegistryUnavailableError} if the file does not exist or cannot be opened
 * @throws {@link RegistryInvalidError} when it is not a whole registry, or is larger than 1 GiB
 * @throws {@link RegistryProjectMissingError} when it holds no project
 * @throws the signal's reason, when it is aborted
 */
export async function readRegistryFile(
  path: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<RegistryContents> {
  checkOptions<typeof options>(options, { signal: true });
  return await decodeRegistryFile(path, await readRegistryBytes(path, options.signal));
}

/**
 * Decodes a registry file in slices, between which the process answers requests.
 *
 * @throws {@link RegistryInvalidError} naming the file, and what it is where that is known
 * @throws {@link RegistryProjectMissingError} naming the file
 */
export async function decodeRegistryFile(
  path: string,
  bytes: Uint8Array,
): Promise<RegistryContents> {
  return await decodeNamedRegistry(nameOf(path), bytes);
}

/** The same for the content of a registry file that is kept elsewhere. */
export async function decodeNamedRegistry(
  name: string,
  bytes: Uint8Array,
): Promise<RegistryContents> {
  try {
    return await runInSlices(decodeInSteps(bytes), Number.POSITIVE_INFINITY);
  } catch (cause) {
    if (cause instanceof RegistryInvalidError) {
      throw new RegistryInvalidError(`${name} ${sayProblem(bytes, cause)}`, { cause });
    }
    if (!(cause instanceof RegistryProjectMissingError)) throw cause;
    throw new RegistryProjectMissingError(`${name} ${cause.message}`, {}, { cause });
  }
}

/** A digest of bytes that other work does not wait for: another thread makes it. */
export async function digestOf(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Buffer.from(digest).toString('base64');
}

function sayProblem(bytes: Uint8Array, { message }: RegistryInvalidError): string {
  const other = recognizeFile(bytes) ?? recognizeText(bytes);
  return other === undefined ? message : `is ${other.kind}, not a registry. ${other.advice}`;
}

/** The bytes of a registry file. See {@link readRegistryFile} for what is thrown. */
export async function readRegistryBytes(
  path: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  signal?.throwIfAborted();
  try {
    const status = await stat(path);
    // Opening a pipe waits for a writer, which may never come.
    if (!status.isFile()) throw new Error('it is not a regular file');
    if (status.size > MAX_REGISTRY_BYTES) {
      throw new RegistryInvalidError(`${nameOf(path)} is larger than ${MAX_REGISTRY_BYTES} bytes`);
    }
    return await readFile(path, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof RegistryInvalidError) throw error;
    throw new RegistryUnavailableError(
      `${nameOf(path)} cannot be read: ${describeFailure(error as Error)}`,
      { cause: error },
    );
  }
}

function describeFailure(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'the file does not exist; `feast apply` creates it';
  return error.code ?? error.message;
}

function nameOf(path: string): string {
  return `registry file ${quote(path)}`;
}
