import { BinaryReader } from '@bufbuild/protobuf/wire';
import { describe, expect, test } from 'vitest';
import { RegistryInvalidError } from '../../../src/model/index.js';
import { RegistrySchema } from '../../../src/registry/gen/registry_pb.js';
import { MessageWriter } from '../../../src/registry/wire/message-writer.js';
import { ObjectWriter } from '../../../src/registry/wire/object-writer.js';
import { listRecords } from '../../../src/registry/wire/read-records.js';
import { readEnclosedResource } from '../../../src/registry/wire/read-resource.js';
import {
  CREDIT_SCORING,
  concat,
  delimited,
  fixtureBytes,
  SOURCES,
  varint,
} from '../registry-bytes.js';
import { withoutProject } from '../support/feast-tables.js';

const text = (field: number, value: string): Uint8Array => delimited(field, Buffer.from(value));

/** One object, and what is written of it behind the header of its list. */
function place(
  list: string,
  bytes: Uint8Array,
  project: string,
): { name: string; bytes: Uint8Array } {
  const writer = new MessageWriter();
  const name = new ObjectWriter(writer, list).write(bytes, project);
  const reader = new BinaryReader(writer.finish());
  const [number] = reader.tag();
  expect(number).toBe(RegistrySchema.fields.find((field) => field.name === list)?.number);
  const placed = reader.bytes();
  expect(reader.pos).toBe(reader.len);
  return { name, bytes: new Uint8Array(placed) };
}

describe('ObjectWriter', () => {
  test.each([CREDIT_SCORING, SOURCES])('restores every object of %s', (path) => {
    const registry = fixtureBytes(path);
    let restored = 0;
    for (const { field, content, end } of listRecords(RegistrySchema, registry)) {
      if (field.fieldKind !== 'list' || field.message?.name === 'Skipped') continue;
      const bytes = registry.subarray(content, end);
      const bare = withoutProject(field.name, bytes);
      const project = readEnclosedResource(field.name, bytes)?.project ?? '';
      expect(bare.length < bytes.length || field.name === 'projects').toBe(true);
      const placed = place(field.name, bare, project);
      expect(Buffer.from(placed.bytes)).toEqual(Buffer.from(bytes));
      restored += 1;
    }
    expect(restored).toBeGreaterThan(5);
  });

  test('keeps fields that it does not know, and their order', () => {
    const spec = concat(text(1, 'e'), delimited(7, [1]), varint(100 * 8), varint(5));
    const bytes = concat(delimited(1, spec), delimited(2, [8, 1]));
    const { name, bytes: placed } = place('entities', bytes, 'p');
    expect(name).toBe('e');
    const expected = concat(
      text(1, 'e'),
      delimited(7, [1]),
      text(9, 'p'),
      varint(100 * 8),
      varint(5),
    );
    expect(placed).toEqual(concat(delimited(1, expected), delimited(2, [8, 1])));
  });

  test('keeps a message that names the same project, and refuses another', () => {
    const bytes = delimited(1, concat(text(1, 'v'), text(2, 'p')));
    expect(place('feature_views', bytes, 'p')).toEqual({ name: 'v', bytes });
    expect(() => place('feature_views', bytes, 'P')).toThrow(RegistryInvalidError);
    expect(() => place('feature_views', bytes, 'P')).toThrow('says that its project is `p`');
  });

  test.each<readonly [string, Uint8Array]>([
    ['is cut off', delimited(1, text(1, 'name')).subarray(0, 5)],
    ['outruns its field', concat([10, 3], [10, 9, 97])],
    ['is no message', Uint8Array.from([255, 255, 255])],
  ])('refuses a message that %s', (_, bytes) => {
    expect(() => place('permissions', bytes, 'p')).toThrow(RegistryInvalidError);
  });

  test('leaves an object without a specification as it is', () => {
    expect(place('permissions', new Uint8Array(), 'p')).toEqual({
      name: '',
      bytes: new Uint8Array(),
    });
  });
});
