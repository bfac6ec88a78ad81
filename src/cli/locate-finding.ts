import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import {
  EXCEPTION_RULES,
  type Exception,
  type Finding,
  type SourceLocation,
} from '../audit/index.js';
import { parseYaml } from '../config/parse-yaml.js';
import { readYamlText } from '../config/read-yaml-text.js';
import { isAuthzError, isPlainObject } from '../model/index.js';
import type { CommandIo } from './command-io.js';

/** What the folder of a checked-out repository is called: in GitHub Actions, in GitLab CI. */
const ROOTS = ['GITHUB_WORKSPACE', 'CI_PROJECT_DIR'];
/** Stands for a configuration that an environment variable holds. */
const CONFIG_FILE = 'feature_store.yaml';
const PERMISSION_FILE = 'permissions.yaml';

/** The files that findings can be about. */
export interface FindingFiles {
  /** What was audited, as written; undefined: what the environment says. */
  readonly path: string | undefined;
  readonly isPermissionFile?: boolean | undefined;
  /** The feature_store.yaml; undefined: none was read from a file. */
  readonly config?: string | undefined;
  readonly exceptions?: {
    readonly file: string;
    readonly entries: readonly Exception[];
  };
}

/**
 * Makes a function that says where the cause of a finding stands: the line of a permission in the
 * permission file, if there is one; otherwise the line of `auth` or `registry` in
 * feature_store.yaml.
 *
 * The permission file is the audited file, or `permissions.yaml` beside feature_store.yaml. Paths
 * start from the root of the repository in GitHub Actions and GitLab CI, otherwise from the
 * working folder.
 */
export async function createLocator(
  files: FindingFiles,
  io: Pick<CommandIo, 'env' | 'cwd'>,
): Promise<(finding: Finding) => SourceLocation> {
  const pathOf = (file: string): string => pathFromRoot(resolve(io.cwd, file), io);
  const main = pathOf(files.config ?? files.path ?? CONFIG_FILE);
  const lines = await readLines(files.config);
  const permissions = await findPermissionFile(files, io.cwd);
  const permissionPath = permissions === undefined ? main : pathOf(permissions.file);
  const exceptionPath = files.exceptions && pathOf(files.exceptions.file);
  const own = new Map(EXCEPTION_RULES.map(({ id }) => [id, true]));
  const exceptionLines = new Map(
    files.exceptions?.entries.map(({ title, line }) => [title, line ?? 1]),
  );
  return (finding) => {
    const { rule, permission, object } = finding;
    if (exceptionPath !== undefined && own.has(rule)) {
      return { path: exceptionPath, line: exceptionLines.get(object ?? '') ?? 1 };
    }
    if (permission !== undefined) {
      const { project, name } = permission;
      const line =
        permissions?.lines.get(keyOf(project, name)) ?? permissions?.lines.get(keyOf(null, name));
      if (line !== undefined) return { path: permissionPath, line };
    }
    return { path: main, line: object === 'auth' ? lines.auth : lines.registry };
  };
}

function keyOf(project: string | null, name: string): string {
  return JSON.stringify([project, name]);
}

/** A path with `/` from the root of the repository, or from the working folder. */
function pathFromRoot(file: string, { env, cwd }: Pick<CommandIo, 'env' | 'cwd'>): string {
  const roots = [...ROOTS.flatMap((name) => env[name] ?? []), cwd].map((root) =>
    resolve(cwd, root),
  );
  const root = roots.find((one) => isWithin(relative(one, file))) ?? cwd;
  return relative(root, file).replaceAll(sep, '/');
}

function isWithin(path: string): boolean {
  return path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

async function readLines(
  config: string | undefined,
): Promise<{ readonly auth: number; readonly registry: number }> {
  const first = { auth: 1, registry: 1 };
  if (config === undefined) return first;
  const document = await readDocument(config);
  if (document === undefined) return first;
  const lineOf = (key: string): number => document.errorAtKey([key], '').line ?? 1;
  return { auth: lineOf('auth'), registry: lineOf('registry') };
}

async function findPermissionFile(
  { path, isPermissionFile, config }: FindingFiles,
  cwd: string,
): Promise<{ readonly file: string; readonly lines: ReadonlyMap<string, number> } | undefined> {
  const file = isPermissionFile
    ? (path ?? CONFIG_FILE)
    : config && join(dirname(config), PERMISSION_FILE);
  if (file === undefined) return undefined;
  const document = await readDocument(resolve(cwd, file));
  const items = isPlainObject(document?.value) ? document.value['permissions'] : undefined;
  if (document === undefined || !Array.isArray(items)) return undefined;
  const lines = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    if (!isPlainObject(item) || typeof item['name'] !== 'string') continue;
    const project = typeof item['project'] === 'string' ? item['project'] : null;
    const { line } = document.errorAt(['permissions', index, 'name'], '');
    lines.set(keyOf(project, item['name']), line ?? 1);
  }
  return { file, lines };
}

/** A YAML file; undefined if it cannot be read: it only says where something stands. */
async function readDocument(file: string): Promise<ReturnType<typeof parseYaml> | undefined> {
  try {
    return parseYaml(await readYamlText(file), { file, onProblem: () => {} });
  } catch (error) {
    if (isAuthzError(error)) return undefined;
    throw error;
  }
}
