import { create, toBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { RegistryInvalidError, type Resource } from '../../../src/model/index.js';
import { FeatureViewSchema } from '../../../src/registry/gen/registry_pb.js';
import {
  FeatureServiceSchema,
  OnDemandFeatureViewSchema,
  VersionHistorySchema,
} from '../../../src/registry/gen/relations_pb.js';
import {
  createRelations,
  type EncodedObject,
  type RegistryRelations,
  readRegistryFile,
} from '../../../src/registry/index.js';

const view = (name: string, type: Resource['type'] = 'FeatureView') =>
  ({ type, name, project: 'p', tags: { now: '1' } }) as Resource<'FeatureView'>;

const encodeView = (name: string, tags: Record<string, string>): Uint8Array =>
  toBinary(FeatureViewSchema, create(FeatureViewSchema, { spec: { name, project: 'p', tags } }));

const computed = (source: string, versionTag?: number): Uint8Array =>
  toBinary(
    OnDemandFeatureViewSchema,
    create(OnDemandFeatureViewSchema, {
      spec: {
        name: 'o',
        project: 'p',
        sources: [
          {
            key: 'a',
            value: {
              source: {
                case: 'featureViewProjection',
                value: {
                  featureViewName: source,
                  ...(versionTag === undefined ? {} : { versionTag }),
                },
              },
            },
          },
        ],
      },
    }),
  );

const history = (
  ...records: readonly (readonly [name: string, version: number, type: string, Uint8Array])[]
): EncodedObject => ({
  list: 'feature_view_version_history',
  bytes: toBinary(
    VersionHistorySchema,
    create(VersionHistorySchema, {
      records: records.map(([featureViewName, versionNumber, featureViewType, bytes]) => ({
        featureViewName,
        versionNumber,
        featureViewType,
        projectId: 'p',
        featureViewProto: bytes as Uint8Array<ArrayBuffer>,
      })),
    }),
  ),
});

const relationsOf = (resources: readonly Resource<'FeatureView'>[], ...objects: EncodedObject[]) =>
  createRelations(resources, () => objects);

describe('the versions that Feast wrote', async () => {
  const { relations } = await readRegistryFile('test/conformance/registries/versions/registry.db');
  const known = relations as RegistryRelations;

  test('have their own tags, and sources of their own', () => {
    expect(known.versionsOf('versions', 'car_score', 0)).toMatchObject([
      {
        view: { type: 'OnDemandFeatureView', project: 'versions', tags: { class: 'secret' } },
        sources: [{ name: 'car_owner' }],
        pins: [],
      },
    ]);
    expect(known.versionsOf('versions', 'car_score', 1)).toMatchObject([
      { view: { tags: { class: 'open' } }, sources: [{ name: 'car_facts' }] },
    ]);
    expect(known.versionsOf('versions', 'car_score', 2)).toEqual([]);
    expect(known.versionsOf('nosuch', 'car_score', 0)).toEqual([]);
  });

  test('are pinned by a service', () => {
    const [pinned] = known.named('versions', ['FeatureService'], 'cars_pinned');
    const [unpinned] = known.named('versions', ['FeatureService'], 'cars_now');
    expect(known.pinsOf(pinned as Resource<'FeatureService'>)).toEqual([
      { view: 'car_score', version: 0 },
    ]);
    expect(known.pinsOf(unpinned as Resource<'FeatureService'>)).toEqual([]);
  });
});

describe('single versions', () => {
  test('a number that comes twice stands for both', () => {
    const relations = relationsOf(
      [view('v')],
      history(
        ['v', 0, 'feature_view', encodeView('v', { a: '1' })],
        ['v', 0, 'feature_view', encodeView('v', { a: '2' })],
      ),
    );
    const tags = relations.versionsOf('p', 'v', 0).map((one) => one.view.tags);
    expect(tags).toEqual([{ a: '1' }, { a: '2' }]);
  });

  test('what it computes from is not known where a source is gone', () => {
    const relations = relationsOf(
      [view('o', 'OnDemandFeatureView')],
      history(['o', 0, 'on_demand_feature_view', computed('gone')]),
    );
    expect(relations.versionsOf('p', 'o', 0)).toMatchObject([{ sources: undefined }]);
  });

  test('sources may be pinned, also those of a view in force', () => {
    const relations = relationsOf(
      [view('v'), view('o', 'OnDemandFeatureView'), view('s', 'FeatureService')],
      { list: 'on_demand_feature_views', bytes: computed('v', 0) },
      {
        list: 'feature_services',
        bytes: toBinary(
          FeatureServiceSchema,
          create(FeatureServiceSchema, { spec: { name: 's', project: 'p' } }),
        ),
      },
      history(['o', 3, 'on_demand_feature_view', computed('v', 2)]),
    );
    const pin = (version: number) => [{ view: 'v', version }];
    expect(relations.pinsOf(view('o', 'OnDemandFeatureView'))).toEqual(pin(0));
    expect(relations.pinsOf(view('s', 'FeatureService'))).toEqual([]);
    expect(relations.versionsOf('p', 'o', 3)).toMatchObject([{ pins: pin(2) }]);
  });

  test.each<[string, EncodedObject]>([
    ['an unknown type', history(['v', 0, 'feature_table', encodeView('v', {})])],
    ['another name inside', history(['v', 0, 'feature_view', encodeView('w', {})])],
    ['bytes that end early', history(['v', 0, 'feature_view', encodeView('v', {}).subarray(0, 4)])],
    ['a history that ends early', { ...history(), bytes: Uint8Array.of(0x0a, 0x7f) }],
    ['bytes of a wrong wire type', { ...history(), bytes: Uint8Array.of(0x0a, 0x02, 0x28, 0x01) }],
  ])('%s is refused, each time, and harms no other question', (_, damaged) => {
    const relations = relationsOf([view('v')], damaged);
    for (let time = 0; time < 2; time++) {
      expect(() => relations.versionsOf('p', 'v', 0)).toThrow(RegistryInvalidError);
    }
    expect(relations.materializedViews('p')).toEqual([]);
  });
});
