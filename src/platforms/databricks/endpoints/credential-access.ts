import * as z from 'zod';
import { stringField } from '../../../config/field-schemas.js';
import { checkOptions } from '../../../foundation/options.js';
import { quote } from '../../../model/index.js';
import type { WorkspaceClient, WorkspaceClientOptions } from '../workspace/index.js';
import {
  connectWorkspace,
  parseWorkspacesFile,
  type WorkspaceSection,
  type WorkspacesFileOptions,
  workspaceSection,
} from './workspace-section.js';

/** Who may use which service credentials of Unity Catalog. */
export interface CredentialAccess {
  /** Names of service credentials. */
  readonly credentials: readonly string[];
  /** Application ids of service principals, or names of groups of the account. */
  readonly principals: readonly string[];
}

/** One grant of ACCESS that is missing. */
export interface CredentialGrant {
  readonly credential: string;
  readonly principal: string;
}

/** Something about a service credential that a person should check. */
export interface CredentialFinding {
  readonly rule: 'all-privileges' | 'everyone-has-access' | 'principal-deleted';
  readonly credential: string;
  /** One sentence without a period. */
  readonly message: string;
}

/** What is to be granted, and what a person should look at. */
export interface CredentialAccessPlan {
  readonly changes: readonly CredentialGrant[];
  readonly findings: readonly CredentialFinding[];
}

/** What a file of access to credentials says. */
export interface CredentialFile {
  readonly access: CredentialAccess;
  /** As whom the workspace is asked for credentials and grants. */
  readonly connect: () => WorkspaceClientOptions;
}

const TYPE = 'credential';
const EVERYONE: ReadonlySet<string> = new Set(['account users', 'users']);

/**
 * What principals lack to use service credentials: ACCESS, and no more. Reads only.
 *
 * @returns rejects with WorkspaceError, also if a credential does not exist
 * @throws TypeError if a field is unknown or a list is empty
 * @source Databricks REST API, "Grants"; "Manage service credentials": ACCESS
 */
export async function planCredentialAccess(
  workspace: WorkspaceClient,
  access: CredentialAccess,
): Promise<CredentialAccessPlan> {
  const { credentials, principals } = checkAccess(access);
  const changes: CredentialGrant[] = [];
  const findings: CredentialFinding[] = [];
  for (const credential of credentials) {
    const grants = await workspace.grants.get(TYPE, credential);
    for (const { principal, principal_id: id, privileges } of grants) {
      const found = findProblem(credential, principal, id, privileges);
      if (found !== undefined) findings.push(found);
    }
    for (const principal of principals) {
      const key = principal.toLowerCase();
      const has = grants.some(
        (one) =>
          one.principal.toLowerCase() === key &&
          one.privileges.some((each) => each === 'ACCESS' || isAll(each)),
      );
      if (!has) changes.push({ credential, principal });
    }
  }
  return { changes, findings };
}

/**
 * Grants what {@link planCredentialAccess} finds missing. Other grants stay.
 *
 * @returns the plan that was carried out
 * @example
 * const access = { credentials: ['vault'], principals: [applicationId] };
 * await applyCredentialAccess(workspace, access);
 */
export async function applyCredentialAccess(
  workspace: WorkspaceClient,
  access: CredentialAccess,
): Promise<CredentialAccessPlan> {
  const plan = await planCredentialAccess(workspace, access);
  for (const { credential, principal } of plan.changes) {
    await workspace.grants.patch(TYPE, credential, [{ principal, add: ['ACCESS'] }]);
  }
  return plan;
}

/** A grant for people. */
export function describeCredentialGrant({ credential, principal }: CredentialGrant): string {
  return `let ${quote(principal)} use service credential ${quote(credential)} (ACCESS)`;
}

/**
 * Reads a file of access to service credentials: `workspace`, `credentials` and `principals`.
 *
 * @throws ConfigInvalidError with file, line and column; all problems are in its `errors`
 * @throws TypeError if an option is unknown
 */
export function parseCredentialFile(text: string, options: WorkspacesFileOptions): CredentialFile {
  const { workspace, credentials, principals } = parseWorkspacesFile(text, fileSchema, options);
  return {
    access: { credentials, principals },
    connect: () => connectWorkspace(workspace, options.env),
  };
}

function fileSchema(
  env: WorkspacesFileOptions['env'],
): z.ZodType<CredentialAccess & { readonly workspace: WorkspaceSection }> {
  const names = z
    .array(stringField.min(1, 'must not be empty'), 'must be a list')
    .min(1, 'must not be empty');
  return z.strictObject(
    { workspace: workspaceSection(env), credentials: names, principals: names },
    'must be a mapping with `workspace`, `credentials` and `principals`',
  );
}

function findProblem(
  credential: string,
  principal: string,
  id: string | undefined,
  privileges: readonly string[],
): CredentialFinding | undefined {
  const where = `service credential ${quote(credential)}`;
  if (principal === '') {
    const message = `${where} names the deleted principal ${quote(id ?? 'unknown')}`;
    return { rule: 'principal-deleted', credential, message };
  }
  if (privileges.some(isAll)) {
    const message = `${quote(principal)} has all privileges on ${where}, where ACCESS is enough`;
    return { rule: 'all-privileges', credential, message };
  }
  if (!EVERYONE.has(principal) || privileges.length === 0) return undefined;
  const message = `everyone has ${privileges.join(', ')} on ${where}`;
  return { rule: 'everyone-has-access', credential, message };
}

function isAll(privilege: string): boolean {
  return privilege.replaceAll(' ', '_') === 'ALL_PRIVILEGES';
}

function checkAccess(access: CredentialAccess): CredentialAccess {
  checkOptions<CredentialAccess>(access, { credentials: true, principals: true });
  for (const name of ['credentials', 'principals'] as const) {
    const list: unknown = access[name];
    const isFull = Array.isArray(list) && list.length > 0;
    if (!isFull || !list.every((one) => typeof one === 'string' && one !== '')) {
      throw new TypeError(`${name} must be a non-empty array of names`);
    }
  }
  const { credentials, principals } = access;
  return { credentials: [...new Set(credentials)], principals: [...new Set(principals)] };
}
