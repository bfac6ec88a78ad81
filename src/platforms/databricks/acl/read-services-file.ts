import { checkOptions, type OptionNames } from '../../../foundation/options.js';
import { ConfigInvalidError, isPlainObject } from '../../../model/index.js';
import { addSecretRedaction } from '../../../redaction/index.js';
import { describeOtherAnswer } from '../../aws-iam/other-answers.js';
import { assertBounded } from './check-shape.js';
import type { FoundSecret, ServicesFileReader } from './file-reader.js';
import { nameList } from './name-list.js';
import { assignmentsReader } from './read-assignments.js';
import { directoryReader } from './read-directory.js';
import { iamPolicyReader, wrapPolicies } from './read-iam-policies.js';
import { onlineStoresReader } from './read-online-stores.js';
import { permissionsReader } from './read-permissions.js';
import { secretAclsReader, secretKeysReader, secretScopesReader } from './read-secrets.js';
import { servingEndpointsReader } from './read-serving-endpoints.js';
import { createdTokenReader, tokenListReader } from './read-tokens.js';
import { credentialsReader, grantsReader } from './read-unity-catalog.js';
import { type CollectedServices, ServicesCollector } from './services-collector.js';
import {
  terraformPlanReader,
  terraformStateFileReader,
  terraformStateReader,
} from './terraform/read-terraform.js';

/** The kinds of files that are known, in the order in which they are tried. */
export const SERVICES_FILE_READERS: readonly ServicesFileReader[] = Object.freeze([
  terraformPlanReader,
  terraformStateReader,
  terraformStateFileReader,
  permissionsReader,
  grantsReader,
  secretAclsReader,
  secretKeysReader,
  secretScopesReader,
  createdTokenReader,
  tokenListReader,
  directoryReader,
  assignmentsReader,
  credentialsReader,
  servingEndpointsReader,
  onlineStoresReader,
  iamPolicyReader,
]);

/** How a file for the audit of services is read. */
export interface ReadServicesFileOptions {
  /** What the file is called in messages. */
  readonly name: string;
  /** Address that it is the answer of. Default: what the file says itself, in `path`. */
  readonly path?: string | undefined;
  /** The workspace that it is of, which becomes the project of its objects. Default: none. */
  readonly workspace?: string | undefined;
  /** Readers for further kinds, tried before the ones there are. */
  readonly readers?: readonly ServicesFileReader[] | undefined;
  /** Milliseconds since 1970, for policies of AWS with an end. Default: now. */
  readonly now?: number | undefined;
  /**
   * Takes the secrets of the file. Default: the redaction of this process masks them from now on.
   */
  readonly onSecret?: ((secret: FoundSecret) => void) | undefined;
}

export const READ_FILE_OPTIONS: OptionNames<ReadServicesFileOptions> = {
  name: true,
  path: true,
  workspace: true,
  readers: true,
  now: true,
  onSecret: true,
};

/** What a file of services says. */
export interface ServicesFile extends CollectedServices {
  readonly name: string;
  readonly kind: string;
}

/**
 * Reads answers of the Databricks API, Terraform's states and plans, specifications of online
 * stores and policies of AWS, told apart by their form.
 *
 * Shape: `value` is parsed JSON. An answer that does not say what it is about stands beside its
 * address: `{ "path": "/api/2.0/secrets/acls/list?scope=s", "body": {…} }`; with `"method": "PUT"`
 * the body is what was sent. Secrets in it are given to `onSecret`; the result holds none.
 *
 * @throws ConfigInvalidError where the file is of no known kind, too deep or too large, or not what
 *   its kind should be
 * @throws TypeError if an option is unknown
 * @example
 * const { permissions, resources } = readServicesFile(JSON.parse(text), { name: 'state.json' });
 */
export function readServicesFile(value: unknown, options: ReadServicesFileOptions): ServicesFile {
  checkOptions<ReadServicesFileOptions>(options, READ_FILE_OPTIONS);
  const { name: file, workspace, now, onSecret = maskInProcess } = options;
  assertBounded(value, file);
  const { body, path, replacing } = unwrap(value, options.path);
  if (!isPlainObject(body)) {
    const message = describeOtherAnswer(body) ?? 'is not a JSON object';
    throw new ConfigInvalidError(message, { file });
  }
  // SECURITY: beside its address, a refusal would be read as an answer in which nothing stands.
  if ('error_code' in body)
    throw new ConfigInvalidError('is the answer of a failed request', { file });
  const reader = [...(options.readers ?? []), ...SERVICES_FILE_READERS].find((one) =>
    one.detect(body, path),
  );
  if (reader === undefined) {
    const otherAnswer = describeOtherAnswer(body);
    if (otherAnswer !== undefined) throw new ConfigInvalidError(otherAnswer, { file });
    throw new ConfigInvalidError(
      'is of an unknown kind. An answer that does not name its object needs its address beside it, such as {"path": "/api/2.0/secrets/acls/list?scope=SCOPE", "body": …}',
      { file },
    );
  }
  const collector = new ServicesCollector(file, workspace);
  reader.read(body, { name: file, path, replacing, now, collector, addSecret: onSecret });
  if (isPage(body)) collector.facts.pages.push({ file });
  return Object.freeze({ name: file, kind: reader.kind, ...collector.finish() });
}

/**
 * Whether an answer says that it goes on. @source Databricks REST API reference, paging; RFC 7644
 * 3.4.2
 */
function isPage({
  next_page_token,
  totalResults,
  Resources,
}: Readonly<Record<string, unknown>>): boolean {
  if (typeof next_page_token === 'string' && next_page_token !== '') return true;
  return Array.isArray(Resources) && Number(totalResults) > Resources.length;
}

/** What stands beside its address, and how it was sent there. */
function unwrap(
  value: unknown,
  path: string | undefined,
): { readonly body: unknown; readonly path: string | undefined; readonly replacing: boolean } {
  if (!isPlainObject(value) || !('body' in value) || typeof value['path'] !== 'string')
    return { body: wrapPolicies(nameList(value, path)), path, replacing: false };
  const address = path ?? value['path'];
  return {
    body: wrapPolicies(nameList(value['body'], address)),
    path: address,
    replacing: value['method'] === 'PUT',
  };
}

/** What cannot be masked, because it is short or the registry is full, is not given on either. */
function maskInProcess(secret: FoundSecret): void {
  try {
    addSecretRedaction(secret);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
  }
}
