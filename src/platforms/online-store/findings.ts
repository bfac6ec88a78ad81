import type { Finding, FindingRule } from '../../audit/index.js';
import { quote } from '../../model/index.js';
import { type CredentialPlaces, profilesInUse, sharesCredentials } from './credentials-in-use.js';
import { isSameSecretPrefix, readSecretPrefix } from './secret-prefix.js';

/**
 * What an audit looks at of an online store; an `OnlineStore` is one. What is not known is left
 * out.
 */
export interface AuditedOnlineStore extends CredentialPlaces {
  readonly name: string;
  /** Of the resource that findings are about. */
  readonly project?: string | undefined;
  readonly provider?: string | undefined;
  /** Of AWS. */
  readonly region?: string | undefined;
  /** Name of the table in DynamoDB. */
  readonly table?: string | undefined;
  readonly host?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly tls?: false | object | undefined;
}

/** One thing to look for. */
export interface OnlineStoreRule extends Omit<FindingRule, 'check'> {
  /** What is wrong with `store`, one sentence each. */
  readonly check: (store: AuditedOnlineStore, writers: Writers) => readonly string[];
}

/** Stores by the credentials that write to them. */
type Writers = ReadonlyMap<string, readonly AuditedOnlineStore[]>;

const invalidPrefix: OnlineStoreRule = {
  id: 'online-store-invalid-prefix',
  level: 'error',
  title: 'A secret prefix that names no secrets',
  advice: 'Write it as the name of a scope, one `/` and the beginning of the keys',
  check: (store) =>
    prefixesOf(store)
      .filter(([, prefix]) => readSecretPrefix(prefix) === undefined)
      .map(([use, prefix]) => `${nameOf(store)} has ${quote(prefix)} as its ${use} secret prefix`),
};

const sharedCredentials: OnlineStoreRule = {
  id: 'online-store-shared-credentials',
  level: 'error',
  title: 'An online store that is read with credentials that write',
  advice: 'Give what reads a user of its own, that may only read, in a scope of its own',
  check: (store, writers) => {
    if (sharesCredentials(store)) {
      return [`${nameOf(store)} is read with the same credentials that it is written with`];
    }
    const reader = readerOf(store);
    const [first, ...others] = (reader === undefined ? undefined : writers.get(reader)) ?? [];
    if (first === undefined) return [];
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return [`${nameOf(store)} is read with the credentials that write to ${nameOf(first)}${more}`];
  },
};

const sharedScope: OnlineStoreRule = {
  id: 'online-store-shared-scope',
  level: 'warning',
  title: 'Secrets for reading and for writing in one scope',
  advice: 'Use two scopes: who may read one secret of a scope may read all of them',
  check: (store) => {
    const [read, write] = [store.readSecretPrefix, store.writeSecretPrefix].map((prefix = '') =>
      readSecretPrefix(prefix),
    );
    if (read === undefined || write === undefined || sharesCredentials(store)) return [];
    if (!isSameSecretPrefix(read.scope, write.scope)) return [];
    return [`${nameOf(store)} has both secrets in the scope ${quote(read.scope)}`];
  },
};

const unsupportedProfile: OnlineStoreRule = {
  id: 'online-store-unsupported-profile',
  level: 'warning',
  title: 'An instance profile where none is supported',
  advice: 'Use Databricks secrets: only DynamoDB takes an instance profile',
  check: (store) =>
    hasProfile(store) && store.provider !== undefined && store.provider !== 'dynamodb'
      ? [`${nameOf(store)} has an instance profile, but is not in DynamoDB`]
      : [],
};

const overriddenPrefix: OnlineStoreRule = {
  id: 'online-store-overridden-prefix',
  level: 'note',
  title: 'A setting that another one overrides',
  advice: 'Remove what is unused, before anything relies on it',
  check: (store) => {
    const { lookup, publish } = store.instanceProfiles ?? {};
    return [
      ...(lookup !== undefined && store.readSecretPrefix !== undefined
        ? [`${nameOf(store)} is read with its instance profile, not with its read secret prefix`]
        : []),
      ...(publish !== undefined && store.writeSecretPrefix !== undefined
        ? [
            `${nameOf(store)} is written with its write secret prefix, not with its instance profile`,
          ]
        : []),
    ];
  },
};

const noReader: OnlineStoreRule = {
  id: 'online-store-no-reader',
  level: 'note',
  title: 'An online store without credentials that only read',
  advice: 'Give it a read secret prefix: nothing is read from it with the credentials that write',
  check: (store) =>
    store.readSecretPrefix === undefined && profilesInUse(store).lookup === undefined
      ? [`${nameOf(store)} has no credentials for reading`]
      : [],
};

const plainText: OnlineStoreRule = {
  id: 'online-store-plain-text',
  level: 'warning',
  title: 'An online store that is asked without TLS',
  advice: 'Switch TLS on, and use an https address',
  check: (store) =>
    isPlainText(store) ? [`${nameOf(store)} is asked without TLS: who listens reads along`] : [],
};

/** All rules, the worst first. */
export const ONLINE_STORE_RULES: readonly OnlineStoreRule[] = Object.freeze([
  invalidPrefix,
  sharedCredentials,
  sharedScope,
  unsupportedProfile,
  plainText,
  overriddenPrefix,
  noReader,
]);

/**
 * Looks for online stores whose credentials are more than they have to be, or are not where they
 * should be.
 *
 * Shape: findings in the order of {@link ONLINE_STORE_RULES}, and of `stores`, which all take their
 * secrets from one place. Reads no secret.
 *
 * @source Databricks, "Authentication for working with online stores": two scopes, one of them
 * read-only; its document asks of the instance profile for lookups that it may write, which a
 * lookup never needs
 */
export function auditOnlineStores(stores: readonly AuditedOnlineStore[]): readonly Finding[] {
  const writers = groupByWriter(stores);
  return ONLINE_STORE_RULES.flatMap(({ id, level, check }) =>
    stores.flatMap((store) =>
      check(store, writers).map((message) => ({
        rule: id,
        level,
        message,
        resource: { project: store.project ?? null, type: 'OnlineStore', name: store.name },
      })),
    ),
  );
}

function groupByWriter(stores: readonly AuditedOnlineStore[]): Writers {
  const writers = new Map<string, AuditedOnlineStore[]>();
  for (const store of stores) {
    for (const writer of writersOf(store)) {
      const known = writers.get(writer);
      if (known === undefined) writers.set(writer, [store]);
      else known.push(store);
    }
  }
  return writers;
}

function readerOf(store: AuditedOnlineStore): string | undefined {
  return credentialsId(profilesInUse(store).lookup, store.readSecretPrefix);
}

/** All that may write, also a profile that a write prefix overrides. */
function writersOf({ instanceProfiles, writeSecretPrefix }: AuditedOnlineStore): readonly string[] {
  const ids = [
    credentialsId(undefined, writeSecretPrefix),
    credentialsId(instanceProfiles?.publish, undefined),
  ];
  return ids.filter((id) => id !== undefined);
}

/** The same text for the same credentials: a profile has `:` in its name, a prefix has none. */
function credentialsId(
  profile: string | undefined,
  prefix: string | undefined,
): string | undefined {
  return profile === undefined ? prefix?.toLowerCase() : `profile:${profile.toLowerCase()}`;
}

function nameOf({ name }: AuditedOnlineStore): string {
  return `online store ${quote(name)}`;
}

function prefixesOf(store: AuditedOnlineStore): readonly (readonly ['read' | 'write', string])[] {
  const { readSecretPrefix: read, writeSecretPrefix: write } = store;
  return [
    ...(read === undefined ? [] : [['read', read] as const]),
    ...(write === undefined ? [] : [['write', write] as const]),
  ];
}

function hasProfile({ instanceProfiles = {} }: AuditedOnlineStore): boolean {
  return instanceProfiles.lookup !== undefined || instanceProfiles.publish !== undefined;
}

/** Loopback traffic stays on the machine. */
function isPlainText({ tls, host = '', endpoint }: AuditedOnlineStore): boolean {
  if (tls === false && !isLoopback(host)) return true;
  if (endpoint === undefined || !URL.canParse(endpoint)) return false;
  const { protocol, hostname } = new URL(endpoint);
  return protocol === 'http:' && !isLoopback(hostname);
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host);
}
