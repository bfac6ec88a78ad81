import type { Finding } from '../../../audit/index.js';
import type { AuditedOnlineStore } from '../../online-store/index.js';
import type { DatabricksAction, DatabricksResource, Principal } from '../vocabulary/index.js';

/** Stands for a level that is known only after a plan is applied. */
export const UNKNOWN_LEVEL = '(known after apply)';
/** Stands for a level that an entry does not name, or not as text. */
export const UNREADABLE_LEVEL = '(unreadable)';

/** One entry of an access control list, as it was read. */
export interface AccessEntry {
  readonly resource: DatabricksResource;
  /** Undefined: not known, as in a plan before it is applied. */
  readonly principal: Principal | undefined;
  /** As it is written. */
  readonly level: string;
  /** What it allows; undefined: the type has no such level. */
  readonly actions: readonly DatabricksAction[] | undefined;
  /** Whether it comes from an object above. */
  readonly inherited: boolean;
  readonly list: EntryList;
  /** The number of the workspace, if a file says it. */
  readonly workspace?: string | undefined;
}

/** The list that an entry stands in. */
export interface EntryList {
  /** Whether it replaces the one that the object had. */
  readonly replacing: boolean;
  /** Number of its entries that count. */
  readonly size: number;
}

/** A principal that stands in one list more than once. */
export interface RepeatedPrincipal {
  readonly resource: DatabricksResource;
  readonly principal: Principal;
  /** In the order of the list. */
  readonly levels: readonly string[];
  /** The one that counts here. */
  readonly kept: string;
  /** Whether all of them are of one workspace; otherwise the file does not say so. */
  readonly isCertain: boolean;
  /** The number of the workspace, if a file says it. */
  readonly workspace?: string | undefined;
}

/** An object with several lists in one file, each of which replaces the others. */
export interface RivalListsFact {
  readonly resource: DatabricksResource;
  /** Where the lists stand. */
  readonly addresses: readonly string[];
  /** Whether all of them are of one workspace; otherwise the file does not say so. */
  readonly isCertain: boolean;
  /** The number of the workspace, if a file says it. */
  readonly workspace?: string | undefined;
}

/** A program that Terraform runs to get a token of Entra, known for its mistakes. */
export interface TokenScriptFact {
  /** Address of the Terraform resource. */
  readonly address: string;
}

/** A file with a part of a longer answer. */
export interface PageFact {
  readonly file: string;
}

/** A personal access token, without the token itself. */
export interface TokenFact {
  /** What it is called in messages: its id, or where it stands. */
  readonly name: string;
  /** Whose rights it has, as far as it is known. */
  readonly owner: Principal | undefined;
  /** Number of its owner in the workspace. */
  readonly ownerId: string | undefined;
  /** Whether it was made on behalf of a service principal. */
  readonly onBehalf: boolean;
  /** Milliseconds since 1970. */
  readonly createdAt: number | undefined;
  /** Milliseconds since 1970; null: never. */
  readonly expiresAt: number | null | undefined;
  /** Seconds from its creation to its end; null: without end; undefined: not known. */
  readonly lifetimeSeconds: number | null | undefined;
  /** Whether it is made without a lifetime, and its end is not known before. */
  readonly withoutLifetime?: boolean | undefined;
  /** Whether Terraform makes it. */
  readonly managed: boolean;
  /**
   * `SCOPE/KEY` of the secret that keeps it, for machines to sign in with; undefined: none that is
   * known.
   */
  readonly keptIn: string | undefined;
  /** The number of the workspace, if a file says it. */
  readonly workspace?: string | undefined;
}

/** A service principal of the workspace. */
export interface ServicePrincipalFact {
  /** Undefined: not known before a plan is applied. */
  readonly applicationId: string | undefined;
  /** For people; where it is not known, where the service principal stands. */
  readonly displayName: string;
  /** Its number in the workspace. */
  readonly id: string | undefined;
  readonly createsClusters: boolean;
  /** Names of entitlements, as far as files say them: `workspace-access`. */
  readonly entitlements?: readonly string[] | undefined;
  /** The number of the workspace, if a file says it. */
  readonly workspace?: string | undefined;
}

/** A group of the workspace. */
export interface GroupFact {
  /** Its number in the workspace. */
  readonly id: string | undefined;
  /** Undefined: not known. */
  readonly name: string | undefined;
  readonly createsClusters: boolean;
  /** Names of entitlements, as far as files say them: `workspace-access`. */
  readonly entitlements?: readonly string[] | undefined;
  /** The number of the workspace, if a file says it. */
  readonly workspace?: string | undefined;
}

/** An assignment or a role that makes someone an administrator. */
export interface AdministratorFact {
  /** Of a workspace, or of the whole account. */
  readonly scope: 'workspace' | 'account';
  /** Where it stands. */
  readonly by: string;
  /** Number of the principal or the group; undefined: not known. */
  readonly id?: string | undefined;
  readonly applicationId?: string | undefined;
  /** Name of the group. */
  readonly group?: string | undefined;
  /** Whether it is known to be a person. */
  readonly isUser?: boolean | undefined;
  /** The number of the workspace, if a file says it. */
  readonly workspace?: string | undefined;
}

/** A role that a rule set gives. */
export interface RoleGrantFact {
  /** Of the rule set, for example `accounts/…/servicePrincipals/…/ruleSets/default`. */
  readonly name: string;
  /** For example `roles/servicePrincipal.user`. */
  readonly role: string;
  /** For example `groups/users`. */
  readonly principals: readonly string[];
}

/** Whose tokens are taken for those of a service principal, or of the users of an account. */
export interface FederationPolicyFact {
  readonly address: string;
  readonly scope: 'account' | 'service-principal';
  readonly servicePrincipalId: string | undefined;
  readonly issuer: string | undefined;
  /** Undefined: any of the issuer. */
  readonly subject: string | undefined;
  readonly audiences: readonly string[];
}

/** Someone who may attach an instance profile. */
export interface ProfileUserFact {
  readonly arn: string;
  /** Where it stands. */
  readonly by: string;
  /** Number of the group, if it is one. */
  readonly groupId: string | undefined;
  /** The number of the workspace, if a file says it. */
  readonly workspace?: string | undefined;
}

/** A resource that may grant something, and is not looked at. */
export interface UnreadResourceFact {
  readonly type: string;
  readonly address: string;
}

/** A member of a group, both by their numbers in the workspace. */
export interface MemberFact {
  readonly groupId: string;
  readonly memberId: string;
  /** The number of the workspace, if a file says it. */
  readonly workspace?: string | undefined;
}

/** A secret whose value stands where it should not. Never the value. */
export interface StoredSecretFact {
  /** Address of the Terraform resource or output. */
  readonly address: string;
  readonly attribute: string;
  readonly isToken: boolean;
}

/** A secret, by its place. */
export interface SecretFact {
  readonly scope: string;
  readonly key: string;
  /** The number of the workspace, if a file says it. */
  readonly workspace?: string | undefined;
}

/** A service credential of Unity Catalog. */
export interface ServiceCredentialFact {
  readonly name: string;
  /** Whether it can be used from every workspace of the metastore; undefined: not known. */
  readonly open: boolean | undefined;
}

/** An instance profile, and what it is there for. */
export interface InstanceProfileFact {
  readonly arn: string;
  readonly use: 'lookup' | 'publish';
  /** What it is attached to. */
  readonly by: string;
}

/** An identity policy of AWS, and what it may do to an online store. */
export interface StorePolicyFact {
  /** Of its file, for messages. */
  readonly name: string;
  /**
   * ARN of the instance profile or role that it is the policy of; undefined: the file does not say
   * so.
   */
  readonly profile: string | undefined;
  /** The user, group or role, in a file with the policies of several. */
  readonly principal?: string | undefined;
  /** ARN of a managed policy that is attached and whose document is not in the file. */
  readonly absent?: string | undefined;
  /** ARN of the managed policy that it is, where it stands beside that. */
  readonly managed?: string | undefined;
  /** What `checkDynamoDbPolicy` takes. */
  readonly document: unknown;
  /** The changing actions that it allows, for example `dynamodb:PutItem`. */
  readonly writes: readonly string[];
}

/** An object with permissions that the vocabulary does not have. */
export interface UnmodelledFact {
  readonly type: string;
  readonly name: string;
  /** Number of entries in its list. */
  readonly entries: number;
}

/** What files of services say, beside permissions. Holds no secret. */
export interface ServicesFacts {
  readonly entries: readonly AccessEntry[];
  readonly repeated: readonly RepeatedPrincipal[];
  readonly rivalLists: readonly RivalListsFact[];
  readonly tokens: readonly TokenFact[];
  readonly servicePrincipals: readonly ServicePrincipalFact[];
  readonly groups: readonly GroupFact[];
  readonly members: readonly MemberFact[];
  readonly storedSecrets: readonly StoredSecretFact[];
  readonly tokenScripts: readonly TokenScriptFact[];
  readonly secrets: readonly SecretFact[];
  readonly serviceCredentials: readonly ServiceCredentialFact[];
  /** Their `project` is the workspace. */
  readonly onlineStores: readonly AuditedOnlineStore[];
  readonly instanceProfiles: readonly InstanceProfileFact[];
  readonly storePolicies: readonly StorePolicyFact[];
  readonly unmodelled: readonly UnmodelledFact[];
  readonly unread: readonly UnreadResourceFact[];
  readonly administrators: readonly AdministratorFact[];
  readonly roleGrants: readonly RoleGrantFact[];
  readonly federationPolicies: readonly FederationPolicyFact[];
  readonly profileUsers: readonly ProfileUserFact[];
  readonly pages: readonly PageFact[];
  /** What a reader with rules of its own found. */
  readonly findings: readonly Finding[];
}

/** Facts that can be added to. */
export type FactLists = { readonly [K in keyof ServicesFacts]: ServicesFacts[K][number][] };

/** No facts yet. */
export function emptyFacts(): FactLists {
  return {
    entries: [],
    repeated: [],
    rivalLists: [],
    tokens: [],
    servicePrincipals: [],
    groups: [],
    members: [],
    storedSecrets: [],
    tokenScripts: [],
    secrets: [],
    serviceCredentials: [],
    onlineStores: [],
    instanceProfiles: [],
    storePolicies: [],
    unmodelled: [],
    unread: [],
    administrators: [],
    roleGrants: [],
    federationPolicies: [],
    profileUsers: [],
    pages: [],
    findings: [],
  };
}

/** The facts of several files as those of one. */
export function mergeFacts(all: readonly ServicesFacts[]): ServicesFacts {
  const merged = emptyFacts();
  for (const facts of all) {
    for (const key of Object.keys(merged) as (keyof ServicesFacts)[]) {
      append(merged[key] as unknown[], facts[key]);
    }
  }
  return merged;
}

function append<T>(list: T[], more: readonly T[]): void {
  for (const item of more) list.push(item);
}
