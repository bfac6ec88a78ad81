import { checkOptions } from '../../../foundation/options.js';
import { ConfigInvalidError, quote } from '../../../model/errors.js';
import { isLoopback, parseSecureAddress } from '../../../net/index.js';

/** Which hosts are taken for workspaces. */
export interface WorkspaceHostOptions {
  /**
   * Hosts that are accepted beside those of Databricks, such as a name of your own in front of a
   * workspace: host names without scheme and port, or `*.example.com` for all below one. Default:
   * none.
   */
  readonly hosts?: readonly string[] | undefined;
}

/**
 * The domains of workspaces and account consoles.
 *
 * @source databricks-sdk-py, `environments.py` (DNS zones of all clouds); `.databricks.com`
 *   includes the consoles
 */
const DATABRICKS_SUFFIXES: readonly string[] = [
  '.databricks.com',
  '.cloud.databricks.us',
  '.azuredatabricks.net',
  '.databricks.azure.us',
  '.databricks.azure.cn',
];

/**
 * Scheme, host, port, and the path, query and fragment that a browser shows. No user name, space or
 * control character.
 */
const ADDRESS =
  /^(?<scheme>https?:\/\/)?(?<host>[a-z\d](?:[a-z\d.-]*[a-z\d])?|\[[\da-f:.]+\])(?<port>:\d{1,5})?(?:[/?#][\x21-\x5b\x5d-\x7e]*)?$/i;

const HOST_ENTRY = /^(?:\*\.)?[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*$/i;

/**
 * The address of a workspace or an account console, without path and query, as people copy it from
 * a browser.
 *
 * An address in any other form is refused and never repaired: a secret goes to the host that is
 * written, or nowhere. The host must be one of Databricks', one of `hosts`, or this machine.
 *
 * @param host `https://…`, or a host name alone, which means the same
 * @throws ConfigInvalidError when it is not an https address (or http of this machine) in that
 *   form, or of another host; TypeError if an option is unknown, when it is not text, or an entry
 *   of `hosts` is not a host name
 * @example
 * parseWorkspaceHost('https://adb-1.2.azuredatabricks.net/?o=1').origin
 * // 'https://adb-1.2.azuredatabricks.net'
 * parseWorkspaceHost('ml.example.com', { hosts: ['ml.example.com'] });
 */
export function parseWorkspaceHost(host: string, options: WorkspaceHostOptions = {}): URL {
  checkOptions<WorkspaceHostOptions>(options, { hosts: true });
  const url = parseHostAddress(host);
  const accepted = readHosts(options);
  const name = url.hostname;
  const isKnown =
    isLoopback(url) ||
    DATABRICKS_SUFFIXES.some((suffix) => name.endsWith(suffix)) ||
    accepted.some((entry) =>
      entry.startsWith('*.') ? name.endsWith(entry.slice(1)) : name === entry,
    );
  if (isKnown) return url;
  throw new ConfigInvalidError(
    `${quote(name)} is not a host of Databricks. Correct it, or name it in \`hosts\``,
  );
}

/**
 * The same for any host, to compare addresses without sending anything there.
 *
 * @throws as {@link parseWorkspaceHost}, but for the host
 */
export function parseHostAddress(host: string): URL {
  if (typeof host !== 'string') throw new TypeError('the host of the workspace must be a string');
  const { scheme = 'https://', host: name = '', port = '' } = ADDRESS.exec(host)?.groups ?? {};
  const url = name === '' ? undefined : parseSecureAddress(`${scheme}${name}${port}`);
  // SECURITY: numbers that stand for an address, for example, lead elsewhere than they look.
  if (url !== undefined && url.hostname === name.toLowerCase()) return new URL(url.origin);
  throw new ConfigInvalidError(
    'the host of the workspace must be an https address without user name and password, or a host name',
  );
}

/** @throws TypeError when it is not an array of host names */
function readHosts({ hosts = [] }: WorkspaceHostOptions): readonly string[] {
  if (Array.isArray(hosts) && hosts.every((entry) => isHostEntry(entry))) {
    return hosts.map((entry) => entry.toLowerCase());
  }
  throw new TypeError(
    'hosts must be an array of host names, such as `ml.example.com` or `*.example.com`',
  );
}

/** Whether an entry is a host name, or `*.` before one. */
export function isHostEntry(entry: unknown): entry is string {
  return typeof entry === 'string' && HOST_ENTRY.test(entry);
}
