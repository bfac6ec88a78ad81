import { checkOptions } from '../../../foundation/options.js';
import { ConfigInvalidError } from '../../../model/errors.js';
import {
  type ReadServicesFileOptions,
  readServicesFile,
  type SecretFact,
  type ServicesFile,
} from '../acl/index.js';
import { READ_FILE_OPTIONS } from '../acl/read-services-file.js';
import { readShown, readStateFile } from '../acl/terraform/terraform-documents.js';
import { type TerraformResource, textAt } from '../acl/terraform/terraform-resource.js';
import { parseHostAddress } from '../tokens/index.js';
import { checkFilesRules, type LinkFilesRules } from './link-files-rules.js';
import { REGISTRY_LINKS, secretKey } from './link-names.js';

/** A file of services whose secrets were compared with the rules of links. */
export interface LinkStateFile extends ServicesFile {
  /**
   * Those that hold the host or the number of the workspace that they should; once for each of
   * them. Never a value.
   */
  readonly confirmedSecrets: readonly SecretFact[];
}

/** How the state of links is read. */
export interface ReadLinkStateOptions extends ReadServicesFileOptions {
  /** The rules of the file of links, from `parseLinkFile`. */
  readonly rules: LinkFilesRules;
}

/**
 * Reads a file of services, such as `terraform show -json`, and compares the hosts and numbers of
 * workspaces in it with `rules.remotes`. What a secret holds is looked at here and not kept.
 *
 * @param value parsed JSON
 * @throws ConfigInvalidError where `readServicesFile` does, TypeError if an option is unknown or a
 *   rule invalid
 * @example
 * const file = readLinkState(JSON.parse(text), { name: 'state.json', rules });
 * verifyLinkFiles(rules, [file]);
 */
export function readLinkState(value: unknown, options: ReadLinkStateOptions): LinkStateFile {
  checkOptions<ReadLinkStateOptions>(options, { ...READ_FILE_OPTIONS, rules: true });
  const { rules, ...reading } = options;
  checkFilesRules(rules);
  const file = readServicesFile(value, reading);
  return Object.freeze({ ...file, confirmedSecrets: confirmSecrets(value, file, rules) });
}

/** Documents of any other kind hold no values, so that nothing in them is confirmed. */
function confirmSecrets(
  value: unknown,
  { kind, name }: ServicesFile,
  { remotes }: LinkFilesRules,
): readonly SecretFact[] {
  if (remotes === undefined || !kind.startsWith('terraform-')) return [];
  const read = kind === 'terraform-state-file' ? readStateFile : readShown;
  const expected = new Map(
    REGISTRY_LINKS.flatMap(({ scope, prefix, to }) => [
      [placeOf(scope, secretKey(prefix, 'host')), hostTest(remotes[to].host)],
      [placeOf(scope, secretKey(prefix, 'workspace-id')), idTest(remotes[to].workspaceId)],
    ]),
  );
  return read(value, name).resources.flatMap((resource: TerraformResource) => {
    const { type, values, workspaceId: workspace } = resource;
    const scope = textAt(values, 'scope');
    const key = textAt(values, 'key');
    const held = textAt(values, 'string_value');
    if (type !== 'databricks_secret' || scope === undefined || key === undefined) return [];
    const isExpected = expected.get(placeOf(scope, key));
    return held !== undefined && isExpected?.(held) === true ? [{ scope, key, workspace }] : [];
  });
}

type ValueTest = (held: string) => boolean;

function idTest(workspaceId: string): ValueTest {
  return (held) => held === workspaceId;
}

/** Whether a text leads to the same workspace: with a scheme or without, as clients read it. */
function hostTest(host: string): ValueTest {
  const { origin } = parseHostAddress(host);
  return (held) => {
    try {
      return parseHostAddress(held).origin === origin;
    } catch (error) {
      if (error instanceof ConfigInvalidError) return false;
      throw error;
    }
  };
}

function placeOf(scope: string, key: string): string {
  return JSON.stringify([scope, key]);
}
