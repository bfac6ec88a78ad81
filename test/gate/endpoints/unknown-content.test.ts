import { create, toBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { type FoundEndpoint, findEndpoint, requirementsOf } from '../../../src/gate/index.js';
import type { FeastType } from '../../../src/model/index.js';
import { FeatureViewSchema } from '../../../src/registry/gen/registry_pb.js';
import { OnDemandFeatureViewSchema } from '../../../src/registry/gen/relations_pb.js';
import { createRelations, type EncodedObject } from '../../../src/registry/index.js';
import { concat, delimited } from '../../registry/registry-bytes.js';

const object = (name: string, type: FeastType) => ({
  type,
  name,
  project: 'p',
  tags: {},
});
const RESOURCES = [
  object('p', 'Project'),
  object('known', 'FeatureView'),
  object('computed', 'OnDemandFeatureView'),
];

/** What reading a feature asks for, in a registry with these objects. */
function needsOf(feature: string, ...objects: readonly EncodedObject[]) {
  const { endpoint } = findEndpoint('online', 'POST', '/get-online-features') as FoundEndpoint;
  const relations = createRelations(RESOURCES, () => objects);
  return requirementsOf(endpoint, { body: { features: [feature] } }, relations, { project: 'p' });
}

/** An on-demand view that computes from the view `known`, and from `more`. */
function computed(...more: readonly Uint8Array[]): EncodedObject {
  const value = { source: { case: 'featureView' as const, value: { spec: { name: 'known' } } } };
  const spec = { name: 'computed', project: 'p', sources: [{ key: 'a', value }] };
  const encoded = toBinary(OnDemandFeatureViewSchema, create(OnDemandFeatureViewSchema, { spec }));
  // Behind its tag and its length, which is below 128.
  const content = concat(encoded.subarray(2), ...more.map((source) => delimited(4, source)));
  return { list: 'on_demand_feature_views', bytes: delimited(1, content) };
}

/** A history with one version of the view `known`. */
function history(type: string): EncodedObject {
  const spec = { name: 'known', project: 'p' };
  const encoded = toBinary(FeatureViewSchema, create(FeatureViewSchema, { spec }));
  const fields = [
    delimited(1, Buffer.from('known')),
    delimited(2, Buffer.from('p')),
    delimited(4, Buffer.from(type)),
    delimited(5, encoded),
  ];
  return { list: 'feature_view_version_history', bytes: delimited(1, concat(...fields)) };
}

describe('a read that needs content which is not known', () => {
  test('a source of an unknown kind: refused with the name of the on-demand view', () => {
    const asked = JSON.stringify(needsOf('computed:f', computed()));
    expect(asked).toContain('known');
    const unknown = delimited(2, delimited(4, delimited(1, [0x76])));
    expect(() => needsOf('computed:f', computed(unknown))).toThrow(
      'the sources of OnDemandFeatureView `computed` are unknown',
    );
    // Other views are not touched by it.
    expect(JSON.stringify(needsOf('known:f', computed(unknown)))).toContain('known');
  });

  test('a version of an unknown type: refused with the name of the view', () => {
    expect(JSON.stringify(needsOf('known@v0:f', history('feature_view')))).toContain('known');
    expect(() => needsOf('known@v0:f', history('view_of_tomorrow'))).toThrow(
      'version 0 of view `known` is damaged, or of an unknown type',
    );
    expect(JSON.stringify(needsOf('known:f', history('view_of_tomorrow')))).toContain('known');
  });
});
