import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createAuthorizer } from '../../src/engine/index.js';
import type { Resource } from '../../src/model/index.js';
import { loadFeatureStore, type RegistryRelations } from '../../src/registry/index.js';
import { auditStore } from '../audit/audit-of.js';
import { SOURCES } from './registry-bytes.js';

interface Recorded {
  /** The class that Feast makes of each source. */
  readonly classes: Readonly<Record<string, string>>;
  readonly rows: readonly { readonly role: string; readonly described: readonly string[] }[];
}

const PROJECT = 'sources';
const { classes, rows } = JSON.parse(
  readFileSync('test/conformance/registries/sources/sources.json', 'utf8'),
) as Recorded;
const { contents, snapshotOptions } = await loadFeatureStore(SOURCES);
const { resources } = contents;
const relations = contents.relations as RegistryRelations;

const ofType = (type: string) => resources.filter((one) => one.type === type);

describe('objects that Feast 0.67 wrote', () => {
  test('sources of every class are data sources, with their tags', () => {
    expect(new Set(Object.values(classes))).toEqual(
      new Set(['FileSource', 'LanceSource', 'MlflowDatasetSource', 'SparkSource']),
    );
    const read = ofType('DataSource').map(({ name, tags }) => [name, tags?.['team']] as const);
    expect(Object.fromEntries(read)).toEqual({
      files: undefined,
      lance_catalog: undefined,
      lance_path: 'search',
      mlflow_artifact: undefined,
      mlflow_dataset: 'evaluation',
      spark_lance: 'search',
    });
    expect(read.map(([name]) => name).sort()).toEqual(Object.keys(classes).sort());
  });

  test('a saved dataset with columns, in Lance', () => {
    expect(ofType('SavedDataset')).toEqual([
      { type: 'SavedDataset', name: 'rated_cars', project: PROJECT, tags: { team: 'evaluation' } },
    ]);
  });

  test('a view keeps its two versions, each with the tags of its time', () => {
    const tagsAt = (version: number) =>
      relations.versionsOf(PROJECT, 'car_size', version).map(({ view }) => ({ ...view.tags }));
    expect(ofType('FeatureView').map(({ tags }) => ({ ...tags }))).toEqual([{ widths: '2' }]);
    expect([0, 1, 2].map(tagsAt)).toEqual([[{ widths: '1' }], [{ widths: '2' }], []]);
  });

  test.each([
    ['size_pinned', [{ view: 'car_size', version: 0 }]],
    ['size_now', []],
  ])('the service %s reads the view at %j', (service, pins) => {
    const [found] = relations.named(PROJECT, ['FeatureService'], service);
    expect(relations.pinsOf(found as Resource<'FeatureService'>)).toEqual(pins);
    expect(relations.viewsOfService(PROJECT, service)?.map(({ name }) => name)).toEqual([
      'car_size',
    ]);
  });

  test('nothing in it is left out or not understood', async () => {
    const { findings } = await auditStore(SOURCES);
    expect(findings.filter(({ rule }) => rule === 'excluded-permission')).toEqual([]);
    expect(createAuthorizer(snapshotOptions).snapshot.warnings).toEqual([]);
  });
});

describe('permissions on them', () => {
  const asked = resources.filter(({ type }) =>
    ['DataSource', 'SavedDataset', 'FeatureView'].includes(type),
  );

  test.each(rows)('the role $role describes what Feast lets it', ({ role, described }) => {
    const authorizer = createAuthorizer(snapshotOptions);
    const allowed = asked.filter((one) =>
      authorizer.can({ username: role, roles: [role] }, 'DESCRIBE', one),
    );
    expect(allowed.map(({ name }) => name).sort()).toEqual(described);
  });
});
