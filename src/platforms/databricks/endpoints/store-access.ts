import { checkOptions, type OptionNames } from '../../../foundation/options.js';
import { quote } from '../../../model/index.js';
import type { WorkspaceClient } from '../workspace/index.js';
import { WorkspaceError } from '../workspace/workspace-error.js';

/** The secrets of one use of an online store: to look features up, or to publish them. */
export interface StoreScope {
  /** Name of the secret scope. */
  readonly scope: string;
  /** Application ids, users and groups that may read the scope. */
  readonly readers: readonly string[];
  /** What the secrets hold, by the end of their keys. All of them are secrets. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** The secrets of an online store, and who may read them. */
export interface StoreSecrets {
  /** The start of the keys, which names the store. */
  readonly prefix: string;
  readonly provider: StoreProvider;
  /** Default: an instance profile looks features up. */
  readonly read?: StoreScope | undefined;
  /** Default: an instance profile publishes. */
  readonly write?: StoreScope | undefined;
}

/** The kinds of online stores whose credentials are secrets. */
export type StoreProvider = 'dynamodb' | 'mysql';

/**
 * The ends of the keys. @source Databricks, "Authentication for working with online stores"
 */
export const STORE_KEYS: Readonly<Record<StoreProvider, readonly string[]>> = Object.freeze({
  dynamodb: ['access-key-id', 'secret-access-key'],
  mysql: ['user', 'password'],
});

/** One thing to do, in an order in which each finds what it needs. Holds no secret. */
export type StoreChange =
  | { readonly kind: 'create-scope'; readonly scope: string }
  | { readonly kind: 'put-secret'; readonly scope: string; readonly key: string }
  | { readonly kind: 'grant-scope'; readonly scope: string; readonly principal: string };

/** Something about the scopes of a store that a person should check. */
export interface StoreFinding {
  readonly rule: 'blocked' | 'scope-open-to-everyone' | 'reader-writes';
  readonly scope: string;
  /** One sentence without a period. */
  readonly message: string;
}

/** What a store lacks, and what a person should look at. */
export interface StorePlan {
  readonly changes: readonly StoreChange[];
  readonly findings: readonly StoreFinding[];
}

const SCOPE: OptionNames<StoreScope> = { scope: true, readers: true, secrets: true };

/**
 * What a workspace lacks for an online store: the scopes, the secrets and who may read them. Reads
 * only, the secrets of the store included.
 *
 * @returns rejects with WorkspaceError
 * @throws TypeError if a field is unknown or its value invalid
 * @source Databricks, "Authentication for working with online stores", "Use Databricks secrets"
 */
export async function planStoreSecrets(
  workspace: WorkspaceClient,
  store: StoreSecrets,
): Promise<StorePlan> {
  const uses = checkStore(store);
  const scopes = await workspace.secrets.listScopes();
  const changes: StoreChange[] = [];
  const findings: StoreFinding[] = [];
  for (const use of uses) {
    const found = scopes.find(({ name }) => name === use.scope);
    if (found?.backend_type !== undefined && found.backend_type !== 'DATABRICKS') {
      const message = `secret scope ${quote(use.scope)} is backed by a vault, and cannot be written`;
      findings.push({ rule: 'blocked', scope: use.scope, message });
      continue;
    }
    if (found === undefined) changes.push({ kind: 'create-scope', scope: use.scope });
    changes.push(...(await planSecrets(workspace, store.prefix, use, found !== undefined)));
    const acls = found === undefined ? [] : await workspace.secrets.listAcls(use.scope);
    for (const principal of use.readers) {
      const held = acls.find((acl) => acl.principal === principal)?.permission;
      if (held === undefined) changes.push({ kind: 'grant-scope', scope: use.scope, principal });
      else if (held !== 'READ') findings.push(tooStrong(use.scope, principal, held));
    }
    if (acls.some(({ principal }) => principal === 'users') && !use.readers.includes('users')) {
      const message = `everyone in the workspace may read secret scope ${quote(use.scope)}`;
      findings.push({ rule: 'scope-open-to-everyone', scope: use.scope, message });
    }
  }
  return { changes, findings };
}

/**
 * Does what {@link planStoreSecrets} finds missing. Other secrets and entries stay. A run may break
 * off at any request: the next one goes on.
 *
 * @returns the plan that was carried out; rejects with WorkspaceError before anything is changed if
 *   a scope cannot be written
 * @example
 * await applyStoreSecrets(workspace, { prefix: 'online', provider: 'dynamodb', read });
 */
export async function applyStoreSecrets(
  workspace: WorkspaceClient,
  store: StoreSecrets,
): Promise<StorePlan> {
  const plan = await planStoreSecrets(workspace, store);
  const blocked = plan.findings.filter(({ rule }) => rule === 'blocked');
  if (blocked.length > 0) {
    const message = `nothing was changed: ${blocked.map((one) => one.message).join('; ')}`;
    throw new WorkspaceError(message, { status: 0, retriable: false });
  }
  const { secrets } = workspace;
  for (const change of plan.changes) {
    const { kind, scope } = change;
    if (kind === 'create-scope') await secrets.createScope(scope);
    else if (kind === 'grant-scope') {
      await secrets.putAcl({ scope, principal: change.principal, permission: 'READ' });
    } else {
      const value = secretOf(store, scope, change.key);
      await secrets.putSecret({ scope, key: change.key, value });
    }
  }
  return plan;
}

/** A change for people. */
export function describeStoreChange(change: StoreChange): string {
  const scope = `secret scope ${quote(change.scope)}`;
  switch (change.kind) {
    case 'create-scope':
      return `create ${scope}`;
    case 'put-secret':
      return `put secret ${quote(change.key)} into ${scope}`;
    case 'grant-scope':
      return `let ${quote(change.principal)} read ${scope} (READ)`;
    default:
      throw new TypeError('unknown change');
  }
}

async function planSecrets(
  { secrets }: WorkspaceClient,
  prefix: string,
  { scope, secrets: wanted }: StoreScope,
  isThere: boolean,
): Promise<readonly StoreChange[]> {
  const listed = isThere ? await secrets.listSecrets(scope) : [];
  const changes: StoreChange[] = [];
  for (const [end, value] of Object.entries(wanted)) {
    const key = `${prefix}-${end}`;
    const isListed = listed.some((one) => one.key === key);
    const held = isListed ? (await secrets.getSecret({ scope, key })).value : undefined;
    const isSame = held !== undefined && Buffer.from(held, 'base64').toString('utf8') === value;
    if (!isSame) changes.push({ kind: 'put-secret', scope, key });
  }
  return changes;
}

function secretOf(store: StoreSecrets, scope: string, key: string): string {
  const end = key.slice(store.prefix.length + 1);
  const uses = [store.read, store.write].filter((use) => use?.scope === scope);
  const value = uses.map((use) => use?.secrets[end]).find((one) => one !== undefined);
  if (value === undefined) throw new TypeError('a secret that was planned is not there');
  return value;
}

function tooStrong(scope: string, principal: string, held: string): StoreFinding {
  const message = `${quote(principal)} has ${held} on secret scope ${quote(scope)}, and keeps it, where READ is enough`;
  return { rule: 'reader-writes', scope, message };
}

/** @throws TypeError */
function checkStore(store: StoreSecrets): readonly StoreScope[] {
  const fields = { prefix: true, provider: true, read: SCOPE, write: SCOPE } as const;
  // The names of secrets are those of the provider, and checked below.
  const { read, write, ...rest } = store;
  checkOptions<StoreSecrets>(rest, fields);
  const ends = STORE_KEYS[store.provider];
  if (ends === undefined) throw new TypeError('provider must be `dynamodb` or `mysql`');
  if (!/^[\w.-]{1,100}$/.test(store.prefix)) throw new TypeError('prefix must be a name');
  const uses = [read, write].filter((use) => use !== undefined);
  if (uses.length === 0) throw new TypeError('read or write must be given');
  for (const use of uses) {
    const names = Object.keys(use.secrets);
    if (names.length !== ends.length || !ends.every((end) => names.includes(end))) {
      throw new TypeError(`secrets must be ${ends.map(quote).join(' and ')}`);
    }
    if (!Object.values(use.secrets).every((value) => typeof value === 'string' && value !== '')) {
      throw new TypeError('a secret must be a non-empty string');
    }
    if (typeof use.scope !== 'string' || use.scope === '') {
      throw new TypeError('scope must be a name');
    }
  }
  // SECURITY: with one scope and one prefix, those who look up would read what publishes.
  if (read !== undefined && write !== undefined && read.scope === write.scope) {
    throw new TypeError('read and write must have scopes of their own');
  }
  return uses;
}
