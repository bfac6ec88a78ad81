import { quote } from '../../../model/errors.js';
import { formatPrincipal } from '../vocabulary/index.js';
import type {
  LinkOutputs,
  RegistryLink,
  RemoteName,
  SecretPart,
  WorkspaceName,
} from './link-names.js';
import { READER_NAME, secretKey } from './link-names.js';
import type { RenewalReason } from './link-token.js';

/** One thing to do in a workspace, in an order in which each finds what it needs. */
export type LinkChange =
  | {
      readonly kind: 'create-service-principal';
      readonly workspace: RemoteName;
      readonly applicationId: string;
    }
  | { readonly kind: 'create-group'; readonly workspace: WorkspaceName; readonly group: string }
  | {
      readonly kind: 'add-member';
      readonly workspace: RemoteName;
      readonly group: string;
      readonly applicationId: string;
    }
  | {
      readonly kind: 'grant-registry';
      readonly workspace: RemoteName;
      readonly applicationId: string;
    }
  | { readonly kind: 'grant-token-use'; readonly workspace: RemoteName; readonly group: string }
  | { readonly kind: 'create-scope'; readonly workspace: WorkspaceName; readonly scope: string }
  | {
      readonly kind: 'grant-scope';
      readonly workspace: WorkspaceName;
      readonly scope: string;
      readonly group: string;
    }
  | {
      readonly kind: 'put-secret';
      readonly workspace: WorkspaceName;
      readonly link: RegistryLink;
      readonly part: Exclude<SecretPart, 'token'>;
    }
  /**
   * Makes a token, stores it in the scopes of all links to the registry, and only then ends the
   * ones before it.
   */
  | {
      readonly kind: 'renew-token';
      readonly workspace: RemoteName;
      readonly reason: RenewalReason;
    }
  /** Ends the tokens that the Terraform module made, after another one is stored in their place. */
  | {
      readonly kind: 'end-module-tokens';
      readonly workspace: RemoteName;
      readonly tokenIds: readonly string[];
    };

/** Something about links that a person should check. */
export interface LinkFinding {
  readonly rule:
    | 'blocked'
    | 'change-missing'
    | 'reader-creates-clusters'
    | 'registry-level-stronger'
    | 'registry-level-unknown'
    | 'scope-level-stronger'
    | 'scope-open-to-everyone'
    | 'token-ends-soon'
    | 'tokens-of-no-link';
  /** `all`: it is about the links as a whole. */
  readonly workspace: WorkspaceName | 'all';
  /** One sentence without a period. */
  readonly message: string;
}

/** What is known of the token that reads a registry. */
export interface LinkToken {
  /** Milliseconds since 1970; undefined where no token is known to be the right one. */
  readonly expiresAt: number | undefined;
  /** Undefined: it needs no renewal. */
  readonly renewal: RenewalReason | undefined;
}

/** What links lack, and what prevents it from being added. */
export interface LinkPlan {
  readonly changes: readonly LinkChange[];
  /** What a person should look at. */
  readonly findings: readonly LinkFinding[];
  /** What must be otherwise before anything can be done; one sentence each. */
  readonly blocked: readonly string[];
  readonly tokens: Readonly<Record<RemoteName, LinkToken>>;
  readonly outputs: LinkOutputs;
}

const REASONS: Readonly<Record<RenewalReason, string>> = {
  none: 'no valid token exists',
  several: 'it is not known which one of several is stored',
  'not-stored': 'it is not stored everywhere',
  'not-accepted': 'what is stored is not accepted',
  due: 'it ends soon',
  asked: 'as asked for',
};

/** A change for people. */
export function describeLinkChange(change: LinkChange): string {
  switch (change.kind) {
    case 'create-service-principal':
      return `create ${readerOf(change.applicationId)} as ${quote(READER_NAME)}`;
    case 'create-group':
      return `create ${groupOf(change.group)}`;
    case 'add-member':
      return `add ${readerOf(change.applicationId)} to ${groupOf(change.group)}`;
    case 'grant-registry':
      return `let ${readerOf(change.applicationId)} read all registered models (CAN_READ)`;
    case 'grant-token-use':
      return `let ${groupOf(change.group)} have tokens (CAN_USE)`;
    case 'create-scope':
      return `create secret scope ${quote(change.scope)}`;
    case 'grant-scope':
      return `let ${groupOf(change.group)} read secret scope ${quote(change.scope)} (READ)`;
    case 'put-secret': {
      const { scope, prefix } = change.link;
      return `put secret ${quote(secretKey(prefix, change.part))} into scope ${quote(scope)}`;
    }
    case 'renew-token':
      return `make a new token, store it in the scopes of its links and end the ones before: ${REASONS[change.reason]}`;
    case 'end-module-tokens':
      return `end what the Terraform module made: token ${change.tokenIds.map(quote).join(', ')}`;
    default:
      throw new TypeError('unknown change');
  }
}

function readerOf(applicationId: string): string {
  return formatPrincipal({ kind: 'service-principal', name: applicationId });
}

function groupOf(name: string): string {
  return formatPrincipal({ kind: 'group', name });
}
