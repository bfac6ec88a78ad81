import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { RegistryInvalidError } from '../../model/index.js';

/** A field of the outermost message, as it lies in the bytes. */
export interface WireRecord {
  readonly field: DescField;
  /** Offset of the tag. */
  readonly start: number;
  /** Offset of the value, behind the tag and the length. */
  readonly content: number;
  /** Offset behind the value. */
  readonly end: number;
}

interface Rule {
  readonly field: DescField;
  /**
   * One bit for each field that may occur once; fields of one oneof share it. 0: may be repeated.
   */
  readonly once: number;
}

interface Extent {
  readonly number: number;
  readonly wireType: WireType;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/**
 * A varint of 64 bits. A longer one fits no field, and the decoder of the protobuf library fails on
 * it.
 */
const MAX_VARINT_BYTES = 10;

/**
 * Most elements that the lists of one object may have together. An empty element takes two bytes in
 * the file and many more in memory.
 */
const MAX_ELEMENTS = 2 ** 20;

/** Messages whose lists grow with the registry. They are read record by record. */
const UNBOUNDED: ReadonlySet<string> = new Set(['feast.core.FeatureViewVersionHistory']);

/**
 * Visits the fields of an encoded message one by one, each after it and everything below it that
 * the schema knows was checked. Nothing is kept, so that what is refused at its first record costs
 * no memory.
 *
 * The decoder of the protobuf library is lenient, as the format asks: it takes a value of the wrong
 * wire type, a field that outruns its message, a second value for a field that holds one, and
 * fields in any order. Feast writes none of these; each is a sign of damage that could change who
 * may do what. So they are refused before decoding. On the outermost level, a field that the schema
 * does not know is refused as well.
 *
 * Shape: `schema` has at most 31 fields a message, none of them recursive, which bounds the depth.
 * Cost: linear.
 *
 * @throws {@link RegistryInvalidError} naming the field and the byte
 * @throws what `visit` throws
 */
export function visitRecords(
  schema: DescMessage,
  bytes: Uint8Array,
  visit: (record: WireRecord) => void,
): void {
  const reader = new BinaryReader(bytes);
  checked(reader, () =>
    checkMessage(schema, reader, bytes.length, (field, { number, start, content, end }) => {
      if (field === undefined) {
        throw damaged(
          `field ${number} is unknown: a newer Feast wrote it, or it is damaged`,
          start,
        );
      }
      visit({ field, start, content, end });
    }),
  );
}

/** The fields of a message that {@link visitRecords} went through before, one by one. */
export function* listRecords(schema: DescMessage, bytes: Uint8Array): Generator<WireRecord> {
  const reader = new BinaryReader(bytes);
  const rules = rulesOf(schema);
  while (reader.pos < bytes.length) {
    const { number, start, content, end } = readExtent(schema, reader, bytes.length);
    const field = rules.get(number)?.field;
    if (field !== undefined) yield { field, start, content, end };
    reader.pos = end;
  }
}

/**
 * Checks one message within a registry as {@link readRecords} does, but for fields that the schema
 * does not know: they are passed over.
 *
 * @throws {@link RegistryInvalidError} naming the byte of the message
 */
export function checkRecord(schema: DescMessage, bytes: Uint8Array): void {
  const reader = new BinaryReader(bytes);
  checked(reader, () => checkMessage(schema, reader, bytes.length));
}

/**
 * SECURITY: the reader throws bare errors, which must not pass for anything but a damaged registry.
 */
function checked(reader: BinaryReader, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (error instanceof RegistryInvalidError) throw error;
    throw damaged(`is cut off or damaged: ${(error as Error).message}`, reader.pos, error);
  }
}

const knownRules = new WeakMap<DescMessage, ReadonlyMap<number, Rule>>();

function rulesOf(schema: DescMessage): ReadonlyMap<number, Rule> {
  let rules = knownRules.get(schema);
  if (rules === undefined) {
    const bits = new Map<object, number>();
    rules = new Map(
      schema.fields.map((field) => [field.number, { field, once: onceBit(field, bits) }]),
    );
    knownRules.set(schema, rules);
  }
  return rules;
}

function onceBit(field: DescField, bits: Map<object, number>): number {
  if (field.fieldKind === 'list' || field.fieldKind === 'map') return 0;
  const owner = field.oneof ?? field;
  const bit = bits.get(owner) ?? 1 << bits.size;
  bits.set(owner, bit);
  return bit;
}

/**
 * Checks one message. Fields that are not known must lie within it, and are otherwise passed over.
 *
 * INVARIANT: known fields come in the order of their numbers. What `assertComplete` concludes rests
 * on it.
 */
function checkMessage(
  schema: DescMessage,
  reader: BinaryReader,
  limit: number,
  visit?: (field: DescField | undefined, extent: Extent) => void,
): void {
  const rules = rulesOf(schema);
  const isBounded = visit === undefined && !UNBOUNDED.has(schema.typeName);
  let elements = 0;
  let seen = 0;
  let last = 0;
  while (reader.pos < limit) {
    const extent = readExtent(schema, reader, limit);
    const rule = rules.get(extent.number);
    if (rule !== undefined) {
      if (extent.number < last) {
        throw damaged(
          `field ${extent.number} of ${schema.name} stands behind field ${last}`,
          extent.start,
        );
      }
      last = extent.number;
      seen = checkOnce(schema, rule, seen, extent.start);
      elements += checkValue(schema, rule.field, extent, reader);
      if (isBounded && elements > MAX_ELEMENTS) {
        throw damaged(`one ${schema.name} has more than ${MAX_ELEMENTS} elements`, extent.start);
      }
    }
    visit?.(rule?.field, extent);
    reader.pos = extent.end;
  }
}

/** Reads a tag and finds where the value ends. Leaves the reader at the value. */
function readExtent(schema: DescMessage, reader: BinaryReader, limit: number): Extent {
  const start = reader.pos;
  const [number, wireType] = reader.tag();
  let content = reader.pos;
  let end: number;
  if (wireType === WireType.LengthDelimited) {
    const length = reader.uint32();
    content = reader.pos;
    end = content + length;
  } else if (wireType === WireType.StartGroup || wireType === WireType.EndGroup) {
    throw damaged(`field ${number} of ${schema.name} is a group, which Feast never writes`, start);
  } else {
    reader.skip(wireType, number);
    end = reader.pos;
    reader.pos = content;
    if (wireType === WireType.Varint && end - content > MAX_VARINT_BYTES) {
      throw damaged(`field ${number} of ${schema.name} is a number of too many bytes`, start);
    }
  }
  if (end > limit) {
    throw damaged(
      `is cut off or damaged: field ${number} of ${schema.name} ends ${end - limit} bytes too late`,
      start,
    );
  }
  return { number, wireType, start, content, end };
}

function checkOnce(
  schema: DescMessage,
  { field, once }: Rule,
  seen: number,
  start: number,
): number {
  if ((seen & once) !== 0) {
    const what =
      field.oneof === undefined ? `\`${field.name}\`` : `a member of \`${field.oneof.name}\``;
    throw damaged(`${what} occurs twice in one ${schema.name}`, start);
  }
  return seen | once;
}

/** @returns how many elements of lists and maps the value is or holds */
function checkValue(
  schema: DescMessage,
  field: DescField,
  { wireType, start, end }: Extent,
  reader: BinaryReader,
): number {
  const delimited = wireType === WireType.LengthDelimited;
  const packed = field.fieldKind === 'list' && isVarint(field) && delimited;
  if (!packed && wireType !== (isVarint(field) ? WireType.Varint : WireType.LengthDelimited)) {
    throw damaged(`\`${field.name}\` of ${schema.name} has wire type ${wireType}`, start);
  }
  if (packed) {
    let elements = 0;
    for (; reader.pos < end; elements += 1) reader.uint32();
    if (reader.pos > end)
      throw damaged(`\`${field.name}\` of ${schema.name} outruns its length`, start);
    return elements;
  }
  if (field.fieldKind === 'map') {
    checkMapEntry(schema, field, reader, end);
  } else if (field.message !== undefined) {
    checkMessage(field.message, reader, end);
  }
  return field.fieldKind === 'list' || field.fieldKind === 'map' ? 1 : 0;
}

/** The maps of the schema are all from text to text. */
function checkMapEntry(
  schema: DescMessage,
  field: DescField,
  reader: BinaryReader,
  end: number,
): void {
  let seen = 0;
  while (reader.pos < end) {
    const extent = readExtent(schema, reader, end);
    const { number } = extent;
    const known = (number === 1 || number === 2) && extent.wireType === WireType.LengthDelimited;
    if (!known || (seen & number) !== 0) {
      throw damaged(`an entry of \`${field.name}\` of ${schema.name} is malformed`, extent.start);
    }
    seen |= number;
    reader.pos = extent.end;
  }
}

/** The numbers of the schema are all of kinds that are written as varints. */
function isVarint({ scalar, fieldKind }: DescField): boolean {
  const isText = scalar === ScalarType.STRING || scalar === ScalarType.BYTES;
  return scalar !== undefined && !isText && fieldKind !== 'map';
}

function damaged(problem: string, offset: number, cause?: unknown): RegistryInvalidError {
  return new RegistryInvalidError(
    `${problem} (byte ${offset})`,
    cause === undefined ? {} : { cause },
  );
}
