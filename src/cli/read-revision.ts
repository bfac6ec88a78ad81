import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { decodeUtf8 } from '../foundation/utf8.js';
import { type PythonVersion, quote } from '../model/index.js';
import { decodeRegistry } from '../registry/index.js';
import { UsageError } from './command.js';
import type { CommandIo } from './command-io.js';
import { permissionFileContents, readStore, type StoreContents } from './open-store.js';

/** 64 MiB: more than a registry of 100,000 resources takes. */
const MAX_BLOB = 64 * 1024 * 1024;
const REVISION = /^(?<revision>[^:]+):(?<file>.+)$/s;
const YAML_FILE = /\.ya?ml$/i;

/**
 * Reads one version of a store: what a path names, or a file of a git revision, `REVISION:FILE`.
 *
 * @throws {@link UsageError} if git does not have the file
 * @throws AuthzError if it cannot be understood
 */
export async function readVersionOf(
  written: string,
  project: string | undefined,
  io: CommandIo,
  python: PythonVersion | undefined,
): Promise<StoreContents> {
  const { revision, file } = REVISION.exec(written)?.groups ?? {};
  if (revision === undefined || file === undefined || existsSync(written)) {
    return readStore(written, project, io, python);
  }
  const bytes = await readBlob(written, revision, io);
  if (YAML_FILE.test(file)) {
    const text = decodeUtf8(bytes, 'remove');
    if (text === undefined) throw new UsageError(`${quote(written)} is not UTF-8 text`);
    return permissionFileContents(text, written, project, python);
  }
  const contents = registryContents(bytes, written, project);
  return { ...contents, snapshotOptions: { ...contents.snapshotOptions, python } };
}

async function readBlob(written: string, revision: string, io: CommandIo): Promise<Uint8Array> {
  // SECURITY: git would take it for an option.
  if (revision.startsWith('-')) throw new UsageError(`${quote(revision)} is not a git revision`);
  try {
    const { stdout } = await promisify(execFile)('git', ['cat-file', 'blob', written], {
      cwd: io.cwd,
      encoding: 'buffer',
      maxBuffer: MAX_BLOB,
    });
    return new Uint8Array(stdout);
  } catch (error) {
    const { stderr, code } = error as { readonly stderr?: Buffer; readonly code?: unknown };
    const reason = stderr?.toString('utf8').trim().split('\n')[0] || String(code);
    throw new UsageError(`git cannot read ${quote(written)}: ${reason}`);
  }
}

function registryContents(
  bytes: Uint8Array,
  source: string,
  project: string | undefined,
): StoreContents {
  const { permissions, resources, projects, version } = decodeRegistry(bytes);
  if (project !== undefined && !projects.includes(project)) {
    throw new UsageError(`project ${quote(project)} is not in ${quote(source)}`);
  }
  const [only, second] = projects;
  const defaultProject = project ?? (second === undefined ? only : undefined);
  const isMeant = (one: { readonly project?: string | undefined }): boolean =>
    project === undefined || one.project === project;
  return {
    config: undefined,
    source,
    isPermissionFile: false,
    snapshotOptions: {
      permissions: permissions.filter(isMeant),
      resources: resources.filter(isMeant),
      projects: project === undefined ? projects : [project],
      version,
      ...(defaultProject === undefined ? {} : { defaultProject }),
    },
  };
}
