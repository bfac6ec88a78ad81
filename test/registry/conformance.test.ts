import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Permission, Resource } from '../../src/model/index.js';
import { isExcludedPermission } from '../../src/model/index.js';
import { type RegistryContents, readRegistryFile } from '../../src/registry/index.js';
import { ALLOW_ALL, CREDIT_SCORING, SOURCES } from './registry-bytes.js';

const RECORDED = 'test/conformance/registries';

interface DumpedObject {
  readonly name?: string;
  readonly project?: string;
  readonly tags?: Record<string, string>;
}

interface DumpedPermission extends DumpedObject {
  readonly types?: readonly string[];
  readonly name_patterns?: readonly string[];
  readonly required_tags?: Record<string, string>;
  readonly actions?: readonly string[];
  readonly policy: Record<string, { readonly [list: string]: readonly string[] }>;
}

type Dump = { readonly [list: string]: readonly (DumpedObject & { spec?: DumpedObject })[] } & {
  readonly version_id: string;
  readonly last_updated: string;
  readonly permissions: readonly { readonly spec: DumpedPermission }[];
};

const LISTS: readonly (readonly [list: string, type: string])[] = [
  ['projects', 'Project'],
  ['entities', 'Entity'],
  ['feature_views', 'FeatureView'],
  ['on_demand_feature_views', 'OnDemandFeatureView'],
  ['stream_feature_views', 'StreamFeatureView'],
  ['label_views', 'LabelView'],
  ['feature_services', 'FeatureService'],
  ['data_sources', 'DataSource'],
  ['saved_datasets', 'SavedDataset'],
  ['validation_references', 'ValidationReference'],
  ['permissions', 'Permission'],
];

const POLICIES: Readonly<Record<string, readonly [type: string, ...lists: string[]]>> = {
  role_based_policy: ['RoleBasedPolicy', 'roles'],
  group_based_policy: ['GroupBasedPolicy', 'groups'],
  namespace_based_policy: ['NamespaceBasedPolicy', 'namespaces'],
  combined_group_namespace_policy: ['CombinedGroupNamespacePolicy', 'groups', 'namespaces'],
};

function readDump(path: string): Dump {
  const bytes = readFileSync(path);
  return JSON.parse(String(path.endsWith('.gz') ? gunzipSync(bytes) : bytes));
}

function dumpedResources(dump: Dump): unknown[] {
  return LISTS.flatMap(([list, type]) =>
    (dump[list] ?? [])
      .map((object) => object.spec ?? object)
      .filter(({ name }) => name !== '__dummy')
      .map(({ name, project, tags }) => ({
        type,
        name,
        project: type === 'Project' ? name : project,
        tags: tags ?? {},
      })),
  );
}

function dumpedPolicy(policy: DumpedPermission['policy']): unknown {
  const [kind] = Object.keys(policy);
  if (kind === undefined) return { type: 'AllowAll' };
  const [type, ...lists] = POLICIES[kind]!;
  return { type, ...Object.fromEntries(lists.map((list) => [list, policy[kind]![list] ?? []])) };
}

function dumpedPermissions(dump: Dump): unknown[] {
  return dump.permissions.map(({ spec }) => ({
    name: spec.name,
    project: spec.project,
    types: (spec.types ?? []).map(camelCase),
    namePatterns: spec.name_patterns ?? [],
    requiredTags: spec.required_tags ?? {},
    actions: spec.actions,
    policy: dumpedPolicy(spec.policy),
    tags: spec.tags ?? {},
  }));
}

function camelCase(wireName: string): string {
  return wireName.toLowerCase().replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** `TYPE:NAME` of one project's resources, sorted. */
function listed(contents: RegistryContents, project: string): string[] {
  return contents.resources
    .filter((resource) => resource.project === project)
    .map(({ type, name }) => `${type}:${name}`)
    .sort();
}

function plain(resource: Resource): unknown {
  return { ...resource, tags: { ...resource.tags } };
}

function byKey(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

describe.each([
  ['two projects', CREDIT_SCORING, `${RECORDED}/credit_scoring/registry.json.gz`],
  ['allow-all', ALLOW_ALL, `${RECORDED}/allow_all/registry.json`],
  ['sources of Feast 0.67', SOURCES, `${RECORDED}/sources/registry.json`],
])('registry written by Feast: %s', (_, path, dumpPath) => {
  const dump = readDump(dumpPath);

  test('its version and time', async () => {
    const contents = await readRegistryFile(path);
    expect(contents.version).toBe(dump.version_id);
    expect(contents.lastUpdated).toEqual(new Date(dump.last_updated));
    expect(contents.projects).toEqual(dump['projects']?.map(({ spec }) => spec?.name));
  });

  test('its resources are those of the dump', async () => {
    const { resources } = await readRegistryFile(path);
    expect(resources.map(plain).sort(byKey)).toEqual(dumpedResources(dump).sort(byKey));
  });

  test('its permissions are those of the dump, in the same order', async () => {
    const { permissions } = await readRegistryFile(path);
    expect(permissions.filter(isExcludedPermission)).toEqual([]);
    const read = (permissions as readonly Permission[]).map((permission) => ({
      ...permission,
      requiredTags: { ...permission.requiredTags },
      tags: { ...permission.tags },
    }));
    expect(read).toEqual(dumpedPermissions(dump));
  });

  test('everything that is handed out is frozen', async () => {
    const contents = await readRegistryFile(path);
    const values = [
      contents,
      ...Object.values(contents),
      ...contents.resources,
      ...contents.permissions,
    ];
    for (const value of values.filter((one) => !(one instanceof Date))) {
      expect(Object.isFrozen(value)).toBe(true);
    }
    for (const { tags } of contents.resources) expect(Object.isFrozen(tags)).toBe(true);
  });
});

describe('the command line of Feast lists the same', () => {
  const DATA_SOURCES = /^(File|Push|Request|Kafka)Source$/;

  test('objects of the first project, in `list-roles -v`', async () => {
    const output = String(
      gunzipSync(readFileSync(`${RECORDED}/credit_scoring/cli/list_roles_v.txt.gz`)),
    );
    const rows = output.split('\n').filter((line) => line.startsWith('admin '));
    const shown = rows.map((line) => {
      const [, name, type] = line.split(/\s+/);
      return `${DATA_SOURCES.test(type!) ? 'DataSource' : type}:${name}`;
    });
    const contents = await readRegistryFile(CREDIT_SCORING);
    // It lists everything but the project itself.
    expect(listed(contents, 'credit_scoring')).toEqual([...shown, 'Project:credit_scoring'].sort());
  });

  test.each([
    ['credit_scoring', 'list.txt'],
    ['fraud_detection', 'project2_list.txt'],
  ])('permissions of %s, in `list`', async (project, file) => {
    const output = readFileSync(`${RECORDED}/credit_scoring/cli/${file}`, 'utf8');
    const names = output
      .split('\n')
      .slice(2)
      .map((line) => /^[^\s[]\S*/.exec(line)?.[0]);
    const contents = await readRegistryFile(CREDIT_SCORING);
    expect(
      contents.permissions.filter((one) => one.project === project).map(({ name }) => name),
    ).toEqual(names.filter((name) => name !== undefined));
  });
});
