import { create, toBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { RegistryInvalidError, type Resource } from '../../src/model/index.js';
import { prepareRelations } from '../../src/registry/create-relations.js';
import {
  FeatureServiceSchema,
  FeatureViewSchema,
  LabelViewSchema,
  OnDemandFeatureViewSchema,
  StreamFeatureViewSchema,
} from '../../src/registry/gen/relations_pb.js';
import {
  createRelations,
  decodeRegistry,
  type EncodedObject,
  type RegistryRelations,
  readRegistryFile,
} from '../../src/registry/index.js';
import { countSlices } from '../support/count-slices.js';
import {
  CREDIT_SCORING,
  concat,
  delimited,
  fixtureBytes,
  registryBytes,
} from './registry-bytes.js';

const names = (resources: readonly Resource[] | undefined): readonly string[] | undefined =>
  resources?.map(({ type, name }) => `${type}:${name}`);

describe('the relations of a registry that Feast wrote', async () => {
  const { relations } = await readRegistryFile(CREDIT_SCORING);
  const store = relations as RegistryRelations;

  test.each([
    ['transactions_push', ['FeatureView:transactions_push_view']],
    ['labels_push', ['LabelView:loan_labels']],
    ['transactions_kafka', ['StreamFeatureView:transaction_stream_agg']],
    ['transactions_source', undefined],
    ['nosuch', undefined],
    ['__proto__', undefined],
  ])('what is pushed to %s', (source, views) => {
    expect(names(store.viewsFedBy('credit_scoring', source))).toEqual(views);
  });

  test.each([
    ['credit_model_v1', ['FeatureView:transaction_features', 'FeatureView:customer_profile']],
    [
      'credit_model_v2_risky',
      [
        'FeatureView:transaction_features',
        'FeatureView:merchant_risky_profile',
        'OnDemandFeatureView:transformed_amount',
      ],
    ],
    ['nosuch', undefined],
  ])('the views of service %s', (service, views) => {
    expect(names(store.viewsOfService('credit_scoring', service))).toEqual(views);
  });

  test('the source views of on-demand views', () => {
    expect(names(store.sourceViewsOf('credit_scoring', 'transformed_amount'))).toEqual([
      'FeatureView:transaction_features',
    ]);
    expect(names(store.sourceViewsOf('credit_scoring', 'risky_income_ratio'))).toEqual([
      'FeatureView:customer_profile',
    ]);
    expect(store.sourceViewsOf('credit_scoring', 'transaction_features')).toBeUndefined();
  });

  test('each project for itself', () => {
    expect(store.projects).toEqual(['credit_scoring', 'fraud_detection']);
    expect(store.viewsOfService('fraud_detection', 'credit_model_v1')).toBeUndefined();
    expect(names(store.viewsOfService('fraud_detection', 'fraud_service'))).toEqual([
      'FeatureView:account_risky_scores',
    ]);
    expect(store.viewsFedBy('nosuch', 'labels_push')).toBeUndefined();
    expect(store.materializedViews('nosuch')).toEqual([]);
    expect(store.vectorStores('nosuch')).toEqual([]);
    expect(store.resourcesOf('nosuch', ['Entity'])).toEqual([]);
  });

  test('what a name stands for, with its tags', () => {
    expect(
      store.named('credit_scoring', ['LabelView', 'FeatureView'], 'loan_labels'),
    ).toMatchObject([
      { type: 'LabelView', name: 'loan_labels', project: 'credit_scoring', tags: {} },
    ]);
    expect(store.named('credit_scoring', ['Entity'], 'loan_labels')).toEqual([]);
    expect(names(store.resourcesOf('credit_scoring', ['LabelView', 'StreamFeatureView']))).toEqual([
      'LabelView:loan_labels',
      'StreamFeatureView:transaction_stream_agg',
    ]);
  });

  test('what is materialized: views that are online, no label view', () => {
    const materialized = names(store.materializedViews('credit_scoring'));
    expect(materialized).toContain('FeatureView:transaction_features');
    expect(materialized).not.toContain('LabelView:loan_labels');
    expect(materialized).not.toContain('OnDemandFeatureView:transformed_amount');
  });
});

const view = (name: string, type: Resource['type'] = 'FeatureView') =>
  ({ type, name, project: 'p', tags: {} }) as Resource<'FeatureView'>;

function relationsOf(
  resources: readonly Resource<'FeatureView'>[],
  objects: readonly EncodedObject[],
) {
  return createRelations(resources, () => objects);
}

const featureView = (spec: object): EncodedObject => ({
  list: 'feature_views',
  bytes: toBinary(
    FeatureViewSchema,
    create(FeatureViewSchema, { spec: { name: 'v', project: 'p', ...spec } }),
  ),
});

describe('single objects', () => {
  test.each([
    ['nothing', {}, []],
    ['online', { online: true }, ['FeatureView:v']],
    ['online and disabled', { online: true, disabled: true }, []],
  ])('a view that says %s about itself', (_, spec, materialized) => {
    const relations = relationsOf([view('v')], [featureView(spec)]);
    expect(names(relations.materializedViews('p'))).toEqual(materialized);
  });

  test.each([
    ['write_to_online_store', { writeToOnlineStore: true }, ['OnDemandFeatureView:v']],
    ['disabled', { writeToOnlineStore: true, disabled: true }, []],
  ])('an on-demand view with %s', (_, spec, materialized) => {
    const bytes = toBinary(
      OnDemandFeatureViewSchema,
      create(OnDemandFeatureViewSchema, { spec: { name: 'v', project: 'p', ...spec } }),
    );
    const relations = relationsOf(
      [view('v', 'OnDemandFeatureView')],
      [{ list: 'on_demand_feature_views', bytes }],
    );
    expect(names(relations.materializedViews('p'))).toEqual(materialized);
  });

  test('the sources of an on-demand view: whole views and parts of them', () => {
    const source = (name: string) => ({ spec: { name } });
    const bytes = toBinary(
      OnDemandFeatureViewSchema,
      create(OnDemandFeatureViewSchema, {
        spec: {
          name: 'o',
          project: 'p',
          sources: [
            { key: 'a', value: { source: { case: 'featureView', value: source('whole') } } },
            {
              key: 'b',
              value: {
                source: { case: 'featureViewProjection', value: { featureViewName: 'part' } },
              },
            },
            { key: 'c', value: { source: { case: 'requestDataSource', value: {} } } },
          ],
        },
      }),
    );
    const relations = relationsOf(
      [view('o', 'OnDemandFeatureView'), view('whole'), view('part', 'StreamFeatureView')],
      [{ list: 'on_demand_feature_views', bytes }],
    );
    expect(names(relations.sourceViewsOf('p', 'o'))).toEqual([
      'FeatureView:whole',
      'StreamFeatureView:part',
    ]);
    // Reading it would read what nothing is known of.
    const without = relationsOf(
      [view('o', 'OnDemandFeatureView'), view('whole')],
      [{ list: 'on_demand_feature_views', bytes }],
    );
    expect(without.sourceViewsOf('p', 'o')).toBeUndefined();
  });

  test.each([
    ['of an unknown kind', delimited(4, delimited(1, [0x76]))],
    ['of no kind', new Uint8Array()],
  ])(
    'an on-demand view with a source %s: it may be a view, so the sources are not known',
    (_, kind) => {
      const known = delimited(2, delimited(1, delimited(1, delimited(1, [0x76]))));
      const entry = delimited(2, kind);
      const spec = [[0x6f], [0x70]].map((text, at) => delimited(at + 1, text));
      const sourcesOf = (...sources: readonly Uint8Array[]) =>
        relationsOf(
          [view('o', 'OnDemandFeatureView'), view('v')],
          [
            {
              list: 'on_demand_feature_views',
              bytes: delimited(1, concat(...spec, ...sources.map((one) => delimited(4, one)))),
            },
          ],
        ).sourceViewsOf('p', 'o');
      expect(names(sourcesOf(known))).toEqual(['FeatureView:v']);
      expect(sourcesOf(known, entry)).toBeUndefined();
      expect(sourcesOf(entry)).toBeUndefined();
    },
  );

  test('vector stores, by a feature or an entity column', () => {
    const relations = relationsOf(
      [view('v'), view('w'), view('x')],
      [
        featureView({ features: [{}, { vectorIndex: true }] }),
        featureView({ name: 'w', entityColumns: [{ vectorIndex: true }] }),
        featureView({ name: 'x', features: [{ vectorIndex: false }] }),
      ],
    );
    // printf 'p:v' | sha256sum | cut -c1-24
    expect(relations.vectorStores('p')).toEqual([
      { id: 'vs_a0e98d4cfb92ac8cd88590c9', view: view('v') },
      { id: expect.stringMatching(/^vs_[0-9a-f]{24}$/), view: view('w') },
    ]);
  });

  test('several views that take from one push source', () => {
    const stream = toBinary(
      StreamFeatureViewSchema,
      create(StreamFeatureViewSchema, {
        spec: { name: 's', project: 'p', streamSource: { name: 'push' }, online: true },
      }),
    );
    const label = toBinary(
      LabelViewSchema,
      create(LabelViewSchema, { spec: { name: 'l', project: 'p', source: { name: 'push' } } }),
    );
    const relations = relationsOf(
      [view('v'), view('s', 'StreamFeatureView'), view('l', 'LabelView')],
      [
        featureView({ streamSource: { name: 'push' } }),
        { list: 'stream_feature_views', bytes: stream },
        { list: 'label_views', bytes: label },
      ],
    );
    expect(names(relations.viewsFedBy('p', 'push'))).toEqual([
      'FeatureView:v',
      'StreamFeatureView:s',
      'LabelView:l',
    ]);
    expect(names(relations.materializedViews('p'))).toEqual(['StreamFeatureView:s']);
  });

  test('a batch view is told from others by the resources', () => {
    const relations = relationsOf([view('v', 'BatchFeatureView')], [featureView({ online: true })]);
    expect(names(relations.materializedViews('p'))).toEqual(['BatchFeatureView:v']);
  });

  test('a service that names a view twice, and an object that is not a resource', () => {
    const service = (name: string) =>
      toBinary(
        FeatureServiceSchema,
        create(FeatureServiceSchema, {
          spec: {
            name,
            project: 'p',
            features: [{ featureViewName: 'v' }, { featureViewName: 'v' }],
          },
        }),
      );
    const relations = relationsOf(
      [view('v'), view('s', 'FeatureService')],
      [
        { list: 'feature_services', bytes: service('s') },
        { list: 'feature_services', bytes: service('hidden') },
        { list: 'entities', bytes: Uint8Array.of(255) },
      ],
    );
    expect(names(relations.viewsOfService('p', 's'))).toEqual(['FeatureView:v']);
    expect(relations.viewsOfService('p', 'hidden')).toBeUndefined();
  });
});

describe('damage', () => {
  /**
   * A view whose `stream_source` runs over its end: decoding alone would read on, or read nothing.
   */
  const name = new TextEncoder().encode('v');
  const project = new TextEncoder().encode('p');
  const spec = (stream: readonly number[]) =>
    concat(delimited(1, name), delimited(2, project), stream);

  test.each([
    ['a source that outruns its view', [0x4a, 0x7f, 0xa2, 0x01, 0x01, 0x61]],
    ['a source of a wrong wire type', [0x48, 0x01]],
    ['two sources', [...delimited(9, []), ...delimited(9, [])]],
    ['a length that never ends', [0x4a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ])('%s is refused, and refused again', (_, stream) => {
    const relations = relationsOf(
      [view('v')],
      [{ list: 'feature_views', bytes: delimited(1, spec(stream)) }],
    );
    for (let time = 0; time < 2; time++) {
      expect(() => relations.viewsFedBy('p', 'a')).toThrow(RegistryInvalidError);
    }
  });

  test('is found once: not every question costs the reading of a whole registry', () => {
    let reads = 0;
    const relations = createRelations([view('v')], () => {
      reads++;
      return [{ list: 'feature_views', bytes: Uint8Array.of(255) }];
    });
    for (const source of ['a', 'b']) {
      expect(() => relations.viewsFedBy('p', source)).toThrow(RegistryInvalidError);
    }
    expect(reads).toBe(1);
  });

  test('nothing is read before it is asked for', () => {
    const contents = decodeRegistry(registryBytes());
    expect(contents.relations?.projects).toEqual(['p']);
    let reads = 0;
    const relations = createRelations([view('v')], () => {
      reads++;
      return [];
    });
    relations.named('p', ['FeatureView'], 'v');
    expect(reads).toBe(0);
    relations.viewsFedBy('p', 'a');
    relations.materializedViews('p');
    expect(reads).toBe(1);
  });

  test('every object of a real registry is read without complaint', () => {
    const { relations, projects } = decodeRegistry(fixtureBytes(CREDIT_SCORING));
    for (const project of projects) {
      expect(relations?.materializedViews(project).length).toBeGreaterThan(0);
    }
  });
});

describe('prepareRelations', () => {
  const views = Array.from({ length: 3000 }, (_, index) => ({
    type: 'FeatureView' as const,
    name: `view_${index}`,
    project: 'p',
    tags: {},
  }));
  function relationsOf(read: (object: string) => void): RegistryRelations {
    return createRelations(views, function* () {
      for (const { name, project } of views) {
        read(name);
        const message = create(FeatureViewSchema, { spec: { name, project, online: true } });
        yield { list: 'feature_views', bytes: toBinary(FeatureViewSchema, message) };
      }
    });
  }

  test('reads all objects in slices, and questions read none of them again', async () => {
    let objects = 0;
    const relations = relationsOf(() => (objects += 1));
    const { slices } = await countSlices(() => prepareRelations(relations));
    expect(slices).toBeGreaterThan(5);
    // For the links, and for the versions.
    expect(objects).toBe(2 * views.length);
    expect(relations.materializedViews('p')).toHaveLength(views.length);
    expect(relations.versionsOf('p', 'view_1', 1)).toEqual([]);
    expect(objects).toBe(2 * views.length);
  });

  test('leaves what is damaged to the questions that need it', async () => {
    const relations = relationsOf((name) => {
      if (name === 'view_2000') throw new RegistryInvalidError('is damaged');
    });
    await prepareRelations(relations);
    expect(relations.named('p', ['FeatureView'], 'view_1')).toEqual([views[1]]);
    expect(() => relations.materializedViews('p')).toThrow(RegistryInvalidError);
    expect(() => relations.materializedViews('p')).toThrow(RegistryInvalidError);
  });

  test('has nothing to read of relations of another make', async () => {
    await expect(prepareRelations(undefined)).resolves.toBeUndefined();
    await expect(prepareRelations({} as RegistryRelations)).resolves.toBeUndefined();
  });
});
