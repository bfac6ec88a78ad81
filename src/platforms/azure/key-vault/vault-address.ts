import { ConfigInvalidError, quote } from '../../../model/errors.js';

/** Where a vault is, and what a token for it is called. */
export interface VaultAddress {
  /** `https:`, without a path. */
  readonly origin: string;
  /** Resources that a token for the vault may be asked for, the usual one first. */
  readonly resources: readonly [string, ...string[]];
  /** Hosts that its tokens may come from. */
  readonly authorities: ReadonlySet<string>;
}

interface Cloud {
  /** What follows the name of a vault. */
  readonly suffixes: readonly string[];
  readonly authorities: readonly string[];
}

/** Managed HSM has the protocol, and keys in place of secrets. */
const CLOUDS: readonly Cloud[] = [
  {
    suffixes: ['vault.azure.net', 'managedhsm.azure.net'],
    authorities: ['login.microsoftonline.com', 'login.windows.net'],
  },
  {
    suffixes: ['vault.azure.cn', 'managedhsm.azure.cn'],
    authorities: ['login.chinacloudapi.cn', 'login.partner.microsoftonline.cn'],
  },
  {
    suffixes: ['vault.usgovcloudapi.net', 'managedhsm.usgovcloudapi.net'],
    authorities: ['login.microsoftonline.us'],
  },
];
const PUBLIC_SUFFIX = 'vault.azure.net';
/**
 * 3 to 24 letters, digits and hyphens; starts with a letter, ends with no hyphen, has no two in a
 * row.
 */
const VAULT_NAME = /^[a-z](?:-?[0-9a-z]){2,}$/i;
const MAX_VAULT_NAME = 24;
const HOST = /^(?:[0-9a-z.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

/**
 * Reads the name or the address of a vault.
 *
 * Shape: the name alone is a vault of the public cloud; an address is `https://<name>.<suffix>`
 * with a suffix of one of Azure's clouds, or `https://<host>` with a host of `hosts`, with its port
 * where that is not 443. Nothing else is sent a token.
 *
 * @throws {@link ConfigInvalidError} for anything else
 * @source Key Vault, "objects, identifiers and versioning": suffixes by cloud, names; the challenge
 *   of each cloud names its authority
 */
export function parseVaultAddress(nameOrUrl: string, hosts: readonly string[] = []): VaultAddress {
  if (typeof nameOrUrl !== 'string') throw new TypeError('a vault must be a name or an address');
  const allowed = new Set(hosts.map(assertHost));
  if (isVaultName(nameOrUrl)) return addressIn(new URL(`https://${nameOrUrl}.${PUBLIC_SUFFIX}`));
  const url = URL.canParse(nameOrUrl) ? new URL(nameOrUrl) : undefined;
  // Compared whole: a user part, path, query or fragment makes it differ.
  if (url === undefined || url.protocol !== 'https:' || url.href !== `${url.origin}/`) {
    throw new ConfigInvalidError(
      'a vault is given by its name or by its address `https://<host>`, without a path',
    );
  }
  if (allowed.has(url.host)) return anyCloud(url);
  return addressIn(url);
}

function addressIn({ host, origin }: URL): VaultAddress {
  const dot = host.indexOf('.');
  const suffix = host.slice(dot + 1);
  const cloud = CLOUDS.find(({ suffixes }) => suffixes.includes(suffix));
  if (cloud === undefined || !isVaultName(host.slice(0, dot))) {
    throw new ConfigInvalidError(
      `${quote(host)} is not a vault of a known cloud; name it in \`hosts\` to accept it`,
    );
  }
  return { origin, resources: [`https://${suffix}`], authorities: new Set(cloud.authorities) };
}

/** A host that is known by configuration alone: its challenge says which cloud it is in. */
function anyCloud({ origin }: URL): VaultAddress {
  const suffixes = CLOUDS.flatMap((cloud) => cloud.suffixes);
  const others = suffixes.filter((suffix) => suffix !== PUBLIC_SUFFIX);
  return {
    origin,
    resources: [`https://${PUBLIC_SUFFIX}`, ...others.map((suffix) => `https://${suffix}`)],
    authorities: new Set(CLOUDS.flatMap(({ authorities }) => authorities)),
  };
}

/** As `URL` writes it, so that the two can be compared. */
function assertHost(host: string): string {
  if (typeof host === 'string' && HOST.test(host) && URL.canParse(`https://${host}`)) {
    return new URL(`https://${host}`).host;
  }
  throw new TypeError('hosts must hold hosts, with a port where it is not 443');
}

function isVaultName(text: string): boolean {
  return text.length <= MAX_VAULT_NAME && VAULT_NAME.test(text);
}
