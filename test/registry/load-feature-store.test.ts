import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createAuthorizer } from '../../src/engine/index.js';
import {
  ConfigInvalidError,
  RegistryInvalidError,
  RegistryProjectMissingError,
  RegistryUnavailableError,
} from '../../src/model/index.js';
import { loadFeatureStore } from '../../src/registry/index.js';

const EXAMPLE = 'examples/credit_scoring';
const REGISTRY = `${EXAMPLE}/data/registry.db`;
const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-'));
afterAll(() => rmSync(folder, { recursive: true }));

function config(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('loadFeatureStore', () => {
  it('reads a folder', async () => {
    const store = await loadFeatureStore(EXAMPLE);
    expect(store.config?.project).toBe('credit_scoring');
    expect(store.source).toMatch(
      /^registry file \/.*\/examples\/credit_scoring\/data\/registry\.db$/,
    );
    expect(store.contents.projects).toEqual(['credit_scoring', 'fraud_detection']);
    expect(store.snapshotOptions).toMatchObject({
      projects: ['credit_scoring', 'fraud_detection'],
      defaultProject: 'credit_scoring',
      auth: { type: 'no_auth' },
      version: store.contents.version,
    });
    expect(store.snapshotOptions.permissions).toHaveLength(18);
    expect(store.snapshotOptions.resources).toHaveLength(52);
    expect(store.snapshotOptions).not.toHaveProperty('onUnsupportedPattern');
    expect(Object.isFrozen(store) && Object.isFrozen(store.snapshotOptions)).toBe(true);
  });

  it('reads the current folder when none is named', async () => {
    // The project itself is no feature store.
    await expect(loadFeatureStore()).rejects.toThrow('no feature_store.yaml in `.`');
  });

  it('reads what the variables of Feast and of its operator name, when no path is given', async () => {
    const file = join(process.cwd(), EXAMPLE, 'feature_store_oidc.yaml');
    const byFile = await loadFeatureStore(undefined, { env: { FEAST_FS_YAML_FILE_PATH: file } });
    expect(byFile.config?.auth.type).toBe('oidc');
    const byFolder = await loadFeatureStore(undefined, { env: { FEATURE_REPO_DIR: EXAMPLE } });
    expect(byFolder.config?.auth.type).toBe('no_auth');
    const text = `project: credit_scoring\nregistry: ${REGISTRY}\nauth: {type: kubernetes}\n`;
    const env = { TMP_FEATURE_STORE_YAML_BASE64: Buffer.from(text).toString('base64') };
    const byText = await loadFeatureStore(undefined, { env });
    expect(byText.config).toMatchObject({
      file: '$TMP_FEATURE_STORE_YAML_BASE64',
      auth: { type: 'kubernetes' },
    });
    const given = await loadFeatureStore(EXAMPLE, { env: { FEAST_FS_YAML_FILE_PATH: file } });
    expect(given.config?.auth.type).toBe('no_auth');
  });

  it('names the variable that leads nowhere', async () => {
    const nowhere = join(folder, 'nosuch');
    await expect(
      loadFeatureStore(undefined, { env: { FEAST_FS_YAML_FILE_PATH: nowhere } }),
    ).rejects.toThrow(
      `environment variable \`FEAST_FS_YAML_FILE_PATH\`: no file or folder \`${nowhere}\``,
    );
    await expect(
      loadFeatureStore(undefined, { env: { FEATURE_REPO_DIR: folder } }),
    ).rejects.toThrow(/^environment variable `FEATURE_REPO_DIR`: no feature_store\.yaml in `/);
  });

  it('goes straight into an authorizer', async () => {
    const { snapshotOptions } = await loadFeatureStore(`${EXAMPLE}/feature_store_oidc.yaml`);
    const authorizer = createAuthorizer(snapshotOptions);
    const view = { type: 'FeatureView', name: 'untagged_view' } as const;
    expect(authorizer.can({ username: 'ann', roles: ['super-reader'] }, 'READ_ONLINE', view)).toBe(
      true,
    );
    expect(authorizer.can({ username: 'ann' }, 'READ_ONLINE', view)).toBe(false);
    expect(
      authorizer.can({ username: 'ann', roles: ['super-reader'] }, 'READ_ONLINE', {
        ...view,
        project: 'nosuch',
      }),
    ).toBe(false);
  });

  it('takes a registry file for itself, and then enforces', async () => {
    const { config: none, snapshotOptions } = await loadFeatureStore(REGISTRY);
    expect(none).toBeUndefined();
    expect(snapshotOptions).not.toHaveProperty('auth');
    expect(snapshotOptions).not.toHaveProperty('defaultProject');
    const only = await loadFeatureStore('test/conformance/registries/allow_all/registry.db');
    expect(only.snapshotOptions.defaultProject).toBe('allow_all_demo');
  });

  it('keeps to one project', async () => {
    const { contents, snapshotOptions } = await loadFeatureStore(EXAMPLE, {
      project: 'fraud_detection',
    });
    expect(snapshotOptions).toMatchObject({
      projects: ['fraud_detection'],
      defaultProject: 'fraud_detection',
    });
    expect(snapshotOptions.permissions.map(({ name }) => name)).toEqual([
      'admin-all',
      'fraud-reader',
    ]);
    expect(new Set(snapshotOptions.resources?.map(({ project }) => project))).toEqual(
      new Set(['fraud_detection']),
    );
    expect(contents.permissions).toHaveLength(18);
  });

  it('expands the environment that it is given', async () => {
    copyFileSync(REGISTRY, join(folder, 'by-env.db'));
    const file = config('env.yaml', 'project: ${TEAM}_scoring\nregistry: $WHERE\n');
    const store = await loadFeatureStore(file, { env: { TEAM: 'credit', WHERE: 'by-env.db' } });
    expect(store.source).toBe(`registry file ${folder}/by-env.db`);
  });

  it('passes no secret on', async () => {
    copyFileSync(REGISTRY, join(folder, 'registry.db'));
    const file = config(
      'secret.yaml',
      'project: credit_scoring\nregistry: registry.db\nauth:\n  type: oidc\n  token: hunter2\n',
    );
    const { snapshotOptions, source } = await loadFeatureStore(file);
    expect(JSON.stringify([snapshotOptions, source])).not.toContain('hunter2');
    expect(snapshotOptions.auth).toEqual({ type: 'oidc' });
  });

  it('refuses a project that the registry does not know', async () => {
    const known = 'which has `credit_scoring`, `fraud_detection`';
    await expect(loadFeatureStore(REGISTRY, { project: 'nosuch' })).rejects.toThrow(
      new RegistryProjectMissingError(
        `project \`nosuch\` is not in registry file ${REGISTRY}, ${known}`,
        { project: 'nosuch' },
      ),
    );
    copyFileSync(REGISTRY, join(folder, 'registry.db'));
    const file = config('new.yaml', 'project: not_applied\nregistry: registry.db\n');
    await expect(loadFeatureStore(file)).rejects.toThrow(
      `${file}: project \`not_applied\` is not in registry file ${folder}/registry.db, ${known}`,
    );
    // It is no question of the default when another one is asked for.
    expect(
      (await loadFeatureStore(file, { project: 'fraud_detection' })).snapshotOptions.defaultProject,
    ).toBe('fraud_detection');
  });

  it('says what cannot be read, and where that is written', async () => {
    const unknown = config(
      'unknown.yaml',
      'project: p\nregistry:\n  registry_type: snowflake.registry\n  path: p\n',
    );
    await expect(loadFeatureStore(unknown)).rejects.toThrow(
      new RegExp(`^${unknown}: registries of type \`snowflake.registry\` cannot be read`),
    );
    const missing = config('missing.yaml', 'project: p\nregistry: nosuch.db\n');
    await expect(loadFeatureStore(missing)).rejects.toThrow(RegistryUnavailableError);
    const other = config('text.db', 'this is no registry');
    await expect(loadFeatureStore(other)).rejects.toThrow(RegistryInvalidError);
    await expect(loadFeatureStore(join(folder, 'nosuch'))).rejects.toThrow(ConfigInvalidError);
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(loadFeatureStore(EXAMPLE, { signal })).rejects.toThrow('enough');
  });
});
