import * as z from 'zod';
import { stringField } from '../../../config/field-schemas.js';
import type { WorkspaceClientOptions } from '../workspace/index.js';
import { STORE_KEYS, type StoreScope, type StoreSecrets } from './store-access.js';
import {
  connectWorkspace,
  parseWorkspacesFile,
  readSecret,
  type SecretReference,
  secretReference,
  type WorkspaceSection,
  type WorkspacesFileOptions,
  workspaceSection,
} from './workspace-section.js';

/** What a file of an online store's secrets says. */
export interface StoreFile {
  /** The store with its secrets, which are read from the environment here. */
  readonly store: () => StoreSecrets;
  /** As whom the workspace is asked for scopes, secrets and their readers. */
  readonly connect: () => WorkspaceClientOptions;
}

interface ScopeFields {
  readonly scope: string;
  readonly readers: readonly string[];
  readonly secrets: Readonly<Record<string, SecretReference>>;
}

interface FileFields {
  readonly workspace: WorkspaceSection;
  readonly prefix: string;
  readonly provider: StoreSecrets['provider'];
  readonly read?: ScopeFields | undefined;
  readonly write?: ScopeFields | undefined;
}

/**
 * Reads a file of an online store's secrets: `workspace`, `prefix`, `provider`, and `read` and
 * `write` with `scope`, `readers` and `secrets`. Secrets are `${NAME}`.
 *
 * @throws ConfigInvalidError with file, line and column; all problems are in its `errors`
 * @throws TypeError if an option is unknown
 */
export function parseStoreFile(text: string, options: WorkspacesFileOptions): StoreFile {
  const { env } = options;
  const { workspace, read, write, ...rest } = parseWorkspacesFile(text, fileSchema, options);
  const withSecrets = (fields: ScopeFields | undefined): StoreScope | undefined =>
    fields && {
      ...fields,
      secrets: Object.fromEntries(
        Object.entries(fields.secrets).map(([end, held]) => [end, readSecret(held, env)]),
      ),
    };
  return {
    store: () => ({ ...rest, read: withSecrets(read), write: withSecrets(write) }),
    connect: () => connectWorkspace(workspace, env),
  };
}

function fileSchema(env: WorkspacesFileOptions['env']): z.ZodType<FileFields> {
  const name = stringField.min(1, 'must not be empty');
  const scope = z.strictObject(
    {
      scope: name.describe('Name of the secret scope.'),
      readers: z.array(name, 'must be a list').describe('Application IDs, users and groups.'),
      secrets: z.record(name, secretReference).describe('By the end of the key: `${NAME}`.'),
    },
    'must be a mapping with `scope`, `readers` and `secrets`',
  );
  return z
    .strictObject(
      {
        workspace: workspaceSection(env),
        prefix: name.regex(/^[\w.-]{1,100}$/, 'must be a name'),
        provider: z.enum(['dynamodb', 'mysql'], 'must be `dynamodb` or `mysql`'),
        read: scope.optional().describe('To look features up.'),
        write: scope.optional().describe('To publish features.'),
      },
      'must be a mapping with `workspace`, `prefix`, `provider`, and `read` or `write`',
    )
    .superRefine(({ provider, read, write }, context) => {
      const refuse = (path: readonly string[], message: string): void =>
        context.addIssue({ code: 'custom', path: [...path], message });
      if (read === undefined && write === undefined) refuse(['read'], 'needs `read` or `write`');
      if (read !== undefined && read.scope === write?.scope)
        refuse(['write', 'scope'], 'must not be the scope of `read`');
      for (const [use, fields] of Object.entries({ read, write })) {
        const ends = STORE_KEYS[provider];
        const names = Object.keys(fields?.secrets ?? {});
        if (fields === undefined) continue;
        if (names.length === ends.length && ends.every((end) => names.includes(end))) continue;
        refuse([use, 'secrets'], `must be ${ends.join(' and ')}`);
      }
    });
}
