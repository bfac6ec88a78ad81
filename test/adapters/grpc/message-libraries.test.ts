import {
  create,
  createFileRegistry,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  toBinary,
} from '@bufbuild/protobuf';
import {
  type FieldDescriptorProtoSchema,
  FileDescriptorSetSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { registryMethods } from '../../../src/adapters/grpc/registry-methods.js';
import {
  type AnyRequirement,
  type Caller,
  type Endpoint,
  filterAnswer,
  findEndpoint,
  type Gate,
} from '../../../src/gate/index.js';
import type { RegistryRelations } from '../../../src/registry/index.js';
import { createCaseGates } from '../support/case-gate.js';

const PROJECT = 'credit_scoring';

let gates: Awaited<ReturnType<typeof createCaseGates>>;
beforeAll(async () => {
  gates = await createCaseGates();
});
afterAll(() => gates.close());

type Field = MessageInitShape<typeof FieldDescriptorProtoSchema>;

function field(name: string, number: number, type: Type | string, label = Label.OPTIONAL): Field {
  return typeof type === 'string'
    ? { name, number, label, type: Type.MESSAGE, typeName: `.test.${type}` }
    : { name, number, label, type };
}

/** Messages shaped as those of the registry service, as protobuf-es makes them. */
const schema = createFileRegistry(
  create(FileDescriptorSetSchema, {
    file: [
      {
        name: 'test.proto',
        package: 'test',
        syntax: 'proto3',
        messageType: [
          { name: 'Spec', field: [field('name', 1, Type.STRING)] },
          { name: 'Entity', field: [field('spec', 1, 'Spec')] },
          {
            name: 'Pagination',
            field: [
              field('page', 1, Type.INT32),
              field('total_count', 3, Type.INT32),
              field('has_next', 5, Type.BOOL),
            ],
          },
          {
            name: 'List',
            field: [
              field('entities', 1, 'Entity', Label.REPEATED),
              field('pagination', 2, 'Pagination'),
            ],
          },
          // As it was before there were label views, which have number 6.
          {
            name: 'Apply',
            field: [field('feature_view', 1, 'Entity'), field('project', 4, Type.STRING)],
          },
          {
            name: 'Registry',
            field: [
              field('entities', 1, 'Entity', Label.REPEATED),
              field('feature_tables', 2, 'Entity', Label.REPEATED),
              field('version_id', 3, Type.STRING),
              field('serial', 4, Type.INT64),
              field('infra', 5, 'Entity'),
            ],
          },
        ],
      },
    ],
  }),
);

function messageOf(name: string): DescMessage {
  const found = schema.getMessage(`test.${name}`);
  if (found === undefined) throw new TypeError(name);
  return found;
}

/** A registry that knows nothing. */
const relations = { projects: [], named: () => [] } as unknown as RegistryRelations;

function endpointOf(method: string): Endpoint {
  const path = `/feast.registry.RegistryServer/${method}`;
  const found = findEndpoint('registry-grpc', 'POST', path);
  if (found === undefined) throw new TypeError(method);
  return found.endpoint;
}

/** What a client reads of an answer that was filtered. */
async function sent(
  method: string,
  type: DescMessage,
  answer: Record<string, unknown>,
): Promise<unknown> {
  const caller = { can: (_: string, { name }: { name: string }) => name === 'open' };
  const shown = await filterAnswer({ relations }, endpointOf(method), create(type, answer), {
    caller: caller as unknown as Caller,
    project: PROJECT,
  });
  return fromBinary(type, toBinary(type, shown as never));
}

const entity = (name: string): object => ({ spec: { name } });

describe('an answer of protobuf-es', () => {
  test('is written with the page that it is, without how many there are in all', async () => {
    const type = messageOf('List');
    const pagination = { page: 2, totalCount: 99, hasNext: true };
    const answer = { entities: [entity('open'), entity('shut')], pagination };
    expect(await sent('ListEntities', type, answer)).toEqual(
      create(type, { entities: [entity('open')], pagination: { ...pagination, totalCount: 0 } }),
    );
  });

  test('is written without the hidden fields', async () => {
    const type = messageOf('Registry');
    const answer = {
      entities: [entity('open'), entity('shut')],
      featureTables: [entity('open')],
      versionId: 'v1',
      serial: 7n,
      infra: entity('open'),
    };
    expect(await sent('Proto', type, answer)).toEqual(
      create(type, { entities: [entity('open')], versionId: 'v1' }),
    );
  });
});

describe('what is decided on is what the handler is given', () => {
  function proposedOf(method: string, message: unknown): unknown {
    const gate: Gate = gates.gate;
    const guard = registryMethods(gate, { project: PROJECT })(
      `/feast.registry.RegistryServer/${method}`,
    );
    const [first] = [
      guard?.request?.(message, 0, undefined as never) as readonly AnyRequirement[],
    ].flat();
    return first !== undefined && 'change' in first ? first.change.proposed : undefined;
  }

  const labels = (name: string): object => ({ case: name, value: 'x' });

  test('tags are tags, whatever their names', () => {
    const tags = labels('feature_transformation');
    const spec = { name: 'new_view', project: PROJECT, tags };
    expect(proposedOf('ApplyFeatureView', { featureView: { spec }, project: PROJECT })).toEqual({
      type: 'FeatureView',
      name: 'new_view',
      project: PROJECT,
      tags,
    });
  });

  test.each([
    ['tags', 'name'],
    ['field_mapping', 'name'],
    ['tags', 'project'],
  ])('a map of strings (%s) stands for no %s', (map, missing) => {
    const source = { name: 'new_source', project: PROJECT, [map]: labels(missing) };
    const { [missing]: _, ...rest } = source as Record<string, unknown>;
    const read = () => proposedOf('ApplyDataSource', { data_source: rest, project: PROJECT });
    if (missing === 'name') expect(read).toThrow('`name` of the request is missing');
    else expect(read()).toMatchObject({ name: 'new_source', project: PROJECT, tags: rest[map] });
  });

  test('nor do the tags of a request', () => {
    const message = { name: 'new_set', features: [], tags: labels('project') };
    expect(() => proposedOf('CreateDatasetFromRetrieval', message)).toThrow('`project`');
  });

  test.each([
    ['nothing', Buffer.alloc(0), undefined],
    // To a server behind this one, the last member of a choice is the one that counts.
    ['a label view', Buffer.from([0x32, 3, 0x0a, 1, 0x0a]), 'unknown fields'],
  ])('a write that brings along %s in a field that is not known', (_name, more, error) => {
    const type = messageOf('Apply');
    const known = toBinary(
      type,
      create(type, { featureView: entity('new_view'), project: PROJECT }),
    );
    const message = fromBinary(type, Buffer.concat([known, more]));
    const read = () => proposedOf('ApplyFeatureView', message);
    if (error !== undefined) expect(read).toThrow(error);
    else expect(read()).toMatchObject({ type: 'FeatureView', name: 'new_view' });
  });

  test('a write of another library that keeps such fields', () => {
    const message = { entity: entity('new_entity'), project: PROJECT };
    const kept = (fields: object) => () =>
      proposedOf('ApplyEntity', { ...message, _unknownFields: fields });
    expect(kept({ 50: [new Uint8Array(1)] })).toThrow('unknown fields');
    expect(kept({})()).toMatchObject({ type: 'Entity', name: 'new_entity' });
  });

  test('a choice is the field that was chosen', () => {
    const view = { spec: { name: 'new_view', project: PROJECT } };
    const chosen = { case: 'labelView', value: view };
    expect(proposedOf('ApplyFeatureView', { baseFeatureView: chosen, project: PROJECT })).toEqual(
      expect.objectContaining({ type: 'LabelView', name: 'new_view' }),
    );
  });

  test('a tag that is given twice is refused', () => {
    const tags = [
      { key: 'team', value: 'risk' },
      { key: 'team', value: 'fraud' },
    ];
    const entityOf = { spec: { name: 'new_entity', project: PROJECT, tags } };
    expect(() => proposedOf('ApplyEntity', { entity: entityOf, project: PROJECT })).toThrow(
      'tags is given twice',
    );
  });
});

test('a long list is filtered in turns of the event loop, and in its order', async () => {
  const type = messageOf('List');
  const entities = Array.from({ length: 300 }, (_, index) => entity(index % 2 ? 'open' : 'shut'));
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 6));
  try {
    const shown = filterAnswer(
      { relations },
      endpointOf('ListEntities'),
      create(type, { entities }),
      {
        caller: { can: (_: string, { name }: { name: string }) => name === 'open' } as never,
        project: PROJECT,
      },
    );
    expect(shown).toBeInstanceOf(Promise);
    expect(((await shown) as { entities: unknown[] }).entities).toHaveLength(150);
  } finally {
    clock.mockRestore();
  }
});
