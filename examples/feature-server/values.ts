import { BinaryReader, BinaryWriter, FLOAT32_MAX, WireType } from '@bufbuild/protobuf/wire';
import { RequestInvalidError } from 'feast-permissions/errors';

/** A column: of a view, of an entity, or of the data that a request brings along. */
export interface Column {
  readonly name: string;
  /** Number of its type in Feast, for example 4 for INT64. */
  readonly type: number;
}

/** As JSON has it. Whole numbers that JSON would round are text. */
export type Value = string | number | boolean | null;

interface Codec {
  readonly wireType: WireType;
  readonly read: (reader: BinaryReader) => Value;
  readonly write: (writer: BinaryWriter, value: Value) => unknown;
  /** What may stand in a request. Gives undefined for anything else. */
  readonly accept: (value: unknown) => Value | undefined;
}

const STRING = 2;
const INT32 = 3;
const INT64 = 4;
const DOUBLE = 5;
const FLOAT = 6;
const BOOL = 7;
const UNIX_TIMESTAMP = 8;

const numberUpTo = (most: number) => (value: unknown) =>
  typeof value === 'number' && Math.abs(value) <= most ? value : undefined;

const wholeNumber = (bits: number) => (value: unknown) => {
  const isText = typeof value === 'string' && /^-?\d{1,19}$/.test(value);
  if (!isText && !Number.isSafeInteger(value)) return undefined;
  const number = BigInt(value as string | number);
  return BigInt.asIntN(bits, number) === number ? fromBigInt(number) : undefined;
};

function fromBigInt(value: bigint | string): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

const INT64_CODEC: Codec = {
  wireType: WireType.Varint,
  read: (reader) => fromBigInt(reader.int64()),
  write: (writer, value) => writer.int64(BigInt(value as number | string)),
  accept: wholeNumber(64),
};

/**
 * In Feast a type has the number that the field of its values has. Lists, sets and maps are left
 * out.
 */
const CODECS: ReadonlyMap<number, Codec> = new Map<number, Codec>([
  [
    STRING,
    {
      wireType: WireType.LengthDelimited,
      read: (reader) => reader.string(),
      write: (writer, value) => writer.string(String(value)),
      accept: (value) => (typeof value === 'string' ? value : undefined),
    },
  ],
  [
    INT32,
    {
      wireType: WireType.Varint,
      read: (reader) => reader.int32(),
      write: (writer, value) => writer.int32(Number(value)),
      accept: wholeNumber(32),
    },
  ],
  [INT64, INT64_CODEC],
  [
    DOUBLE,
    {
      wireType: WireType.Bit64,
      read: (reader) => reader.double(),
      write: (writer, value) => writer.double(Number(value)),
      accept: numberUpTo(Number.MAX_VALUE),
    },
  ],
  [
    FLOAT,
    {
      wireType: WireType.Bit32,
      read: (reader) => reader.float(),
      write: (writer, value) => writer.float(Number(value)),
      accept: numberUpTo(FLOAT32_MAX),
    },
  ],
  [
    BOOL,
    {
      wireType: WireType.Varint,
      read: (reader) => reader.bool(),
      write: (writer, value) => writer.bool(value === true),
      accept: (value) => (typeof value === 'boolean' ? value : undefined),
    },
  ],
  [UNIX_TIMESTAMP, INT64_CODEC],
]);

/**
 * A value of a request, as the column holds it.
 *
 * @throws RequestInvalidError when the column cannot hold it
 */
export function acceptValue({ name, type }: Column, value: unknown): Value {
  if (value === null) return null;
  const accepted = CODECS.get(type)?.accept(value);
  if (accepted === undefined) {
    throw new RequestInvalidError(`\`${name}\` cannot hold a value of the request`);
  }
  return accepted;
}

/**
 * A value as Feast stores it: a message of which one field is set, and none where it is null.
 *
 * @source Feast 0.66.0, its message `feast.types.Value`
 */
export function encodeValue({ name, type }: Column, value: Value): Uint8Array {
  const writer = new BinaryWriter();
  if (value === null) return writer.finish();
  const codec = CODECS.get(type);
  if (codec === undefined) throw new TypeError(`the type of ${name} is not one of this example's`);
  codec.write(writer.tag(type, codec.wireType), value);
  return writer.finish();
}

/** @throws Error when the bytes are no value */
export function decodeValue(bytes: Uint8Array): Value {
  const reader = new BinaryReader(bytes);
  let value: Value = null;
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const codec = CODECS.get(field);
    if (codec?.wireType !== type) throw new TypeError(`a value of type ${field} was stored`);
    value = codec.read(reader);
  }
  return value;
}

/**
 * The key under which a view has the features of one entity.
 *
 * @param columns in any order
 * @throws RequestInvalidError on values that no entity is found by
 * @source Feast 0.66.0, version 3 of its keys: names in order, then values, each with its type and
 *   length
 */
export function encodeEntityKey(columns: readonly Column[], values: readonly Value[]): Uint8Array {
  const pairs = columns.map((column, index) => ({ column, value: values[index] ?? null }));
  pairs.sort((a, b) => (a.column.name < b.column.name ? -1 : 1));
  return Buffer.concat([
    uint32(pairs.length),
    ...pairs.flatMap(({ column: { name } }) => prefixed(STRING, Buffer.from(name))),
    ...pairs.flatMap(({ column, value }) => prefixed(column.type, keyBytes(column, value))),
  ]);
}

function prefixed(type: number, bytes: Buffer): readonly Buffer[] {
  return [uint32(type), uint32(bytes.length), bytes];
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function keyBytes({ name, type }: Column, value: Value): Buffer {
  if (value !== null && type === STRING) return Buffer.from(String(value));
  if (value !== null && (type === INT64 || type === UNIX_TIMESTAMP)) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value as number | string));
    return bytes;
  }
  if (value !== null && type === INT32) {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(Number(value));
    return bytes;
  }
  throw new RequestInvalidError(`no entity is found by a value of \`${name}\``);
}
