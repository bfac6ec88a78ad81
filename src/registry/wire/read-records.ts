import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { WireType } from '@bufbuild/protobuf/wire';
import { damaged, WireCursor } from './wire-cursor.js';

/** A field of a message, as it lies in the bytes. */
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
  readonly kind: 'number' | 'numbers' | 'text' | 'map' | 'message';
  readonly isRepeated: boolean;
  /**
   * One bit for each field that may occur once; fields of one oneof share it. 0: may be repeated.
   */
  readonly once: number;
  /** Of a message: its rules. */
  readonly below: MessageRules | undefined;
}

/** What the fields of a message are checked by, made once. */
interface MessageRules {
  readonly name: string;
  /** By number; undefined: not known. */
  readonly fields: readonly (Rule | undefined)[];
  /** Whether the elements of its lists are counted: not of what is read record by record. */
  readonly isBounded: boolean;
}

/**
 * Most elements that the lists of one object may have together. An empty element takes two bytes in
 * the file and many more in memory.
 */
const MAX_ELEMENTS = 2 ** 20;

/** Messages whose lists grow with the registry. They are read record by record. */
const UNBOUNDED: ReadonlySet<string> = new Set([
  'feast.core.Registry',
  'feast.core.FeatureViewVersionHistory',
]);

/**
 * Goes through the fields of an encoded message one by one, each after it and everything below it
 * that the schema knows was checked. Nothing is kept, so that what is refused at its first record
 * costs no memory. It holds the field that was checked last in its members.
 *
 * The decoder of the protobuf library is lenient, as the format asks: it takes a value of the wrong
 * wire type, a field that outruns its message, a second value for a field that holds one, and
 * fields in any order. Feast writes none of these; each is a sign of damage that could change who
 * may do what. So they are refused before decoding. On the outermost level, a field that the schema
 * does not know is refused as well.
 *
 * Shape: `schema` has at most 31 fields a message, none of them recursive, which bounds the depth.
 * Cost: linear.
 */
export class CheckedRecords implements WireRecord {
  readonly #cursor: WireCursor;
  readonly #rules: MessageRules;
  #last = 0;
  #seen = 0;
  field: DescField;
  start = 0;
  content = 0;
  end = 0;

  constructor(schema: DescMessage, bytes: Uint8Array) {
    this.#cursor = new WireCursor(bytes);
    this.#rules = rulesOf(schema);
    this.field = schema.fields[0] as DescField;
  }

  /**
   * @returns false after the last field
   * @throws {@link RegistryInvalidError} naming the field and the byte
   */
  next(): boolean {
    const cursor = this.#cursor;
    const limit = cursor.bytes.length;
    if (cursor.pos >= limit) return false;
    cursor.readField(this.#rules.name, limit);
    this.start = cursor.start;
    this.content = cursor.content;
    this.end = cursor.end;
    const { number } = cursor;
    const rule = this.#rules.fields[number];
    if (rule === undefined) {
      throw damaged(
        `field ${number} is unknown: a newer Feast wrote it, or it is damaged`,
        this.start,
      );
    }
    this.field = rule.field;
    assertOrder(this.#rules, rule, cursor, this.#last, this.#seen);
    this.#last = number;
    this.#seen |= rule.once;
    checkValue(this.#rules, rule, cursor);
    cursor.pos = this.end;
    return true;
  }
}

/** The fields of a message that was checked before, one by one. */
export function* listRecords(schema: DescMessage, bytes: Uint8Array): Generator<WireRecord> {
  const cursor = new WireCursor(bytes);
  const { name, fields } = rulesOf(schema);
  while (cursor.pos < bytes.length) {
    cursor.readField(name, bytes.length);
    const { number, start, content, end } = cursor;
    const field = fields[number]?.field;
    if (field !== undefined) yield { field, start, content, end };
    cursor.pos = end;
  }
}

/**
 * Checks one message within a registry as {@link CheckedRecords} does, but for fields that the
 * schema does not know: they are passed over.
 *
 * @throws {@link RegistryInvalidError} naming the byte of the message
 */
export function checkRecord(schema: DescMessage, bytes: Uint8Array): void {
  checkMessage(rulesOf(schema), new WireCursor(bytes), bytes.length);
}

const knownRules = new WeakMap<DescMessage, MessageRules>();

function rulesOf(schema: DescMessage): MessageRules {
  let rules = knownRules.get(schema);
  if (rules === undefined) {
    rules = makeRules(schema);
    knownRules.set(schema, rules);
  }
  return rules;
}

function makeRules(schema: DescMessage): MessageRules {
  const bits = new Map<object, number>();
  const fields: (Rule | undefined)[] = [];
  for (const field of schema.fields) {
    while (fields.length <= field.number) fields.push(undefined);
    fields[field.number] = {
      field,
      kind: kindOf(field),
      isRepeated: field.fieldKind === 'list' || field.fieldKind === 'map',
      once: onceBit(field, bits),
      below: field.message === undefined ? undefined : rulesOf(field.message),
    };
  }
  return { name: schema.name, fields, isBounded: !UNBOUNDED.has(schema.typeName) };
}

/** The numbers of the schema are all of kinds that are written as varints. */
function kindOf({ fieldKind, scalar, message }: DescField): Rule['kind'] {
  if (fieldKind === 'map') return 'map';
  if (message !== undefined) return 'message';
  if (scalar === ScalarType.STRING || scalar === ScalarType.BYTES) return 'text';
  return fieldKind === 'list' ? 'numbers' : 'number';
}

function onceBit(field: DescField, bits: Map<object, number>): number {
  if (field.fieldKind === 'list' || field.fieldKind === 'map') return 0;
  const owner = field.oneof ?? field;
  const bit = bits.get(owner) ?? 1 << bits.size;
  bits.set(owner, bit);
  return bit;
}

/** Checks one message. Fields that are not known must lie within it, and are otherwise skipped. */
function checkMessage(rules: MessageRules, cursor: WireCursor, limit: number): void {
  let last = 0;
  let seen = 0;
  let elements = 0;
  while (cursor.pos < limit) {
    cursor.readField(rules.name, limit);
    const { number, start, end } = cursor;
    const rule = rules.fields[number];
    if (rule !== undefined) {
      assertOrder(rules, rule, cursor, last, seen);
      last = number;
      seen |= rule.once;
      const values = checkValue(rules, rule, cursor);
      if (rule.isRepeated) elements += values;
      if (elements > MAX_ELEMENTS && rules.isBounded) {
        throw damaged(`one ${rules.name} has more than ${MAX_ELEMENTS} elements`, start);
      }
    }
    cursor.pos = end;
  }
}

/**
 * Checks that the field that the cursor has read may follow the ones before.
 *
 * INVARIANT: known fields come in the order of their numbers. What `assertComplete` concludes rests
 * on it.
 *
 * @param last number of the field before
 * @param seen bits of the fields before that may occur once
 */
function assertOrder(
  rules: MessageRules,
  rule: Rule,
  { number, start }: WireCursor,
  last: number,
  seen: number,
): void {
  if (number < last) {
    throw damaged(`field ${number} of ${rules.name} stands behind field ${last}`, start);
  }
  if ((seen & rule.once) !== 0) throw damaged(sayTwice(rules, rule), start);
}

function sayTwice(rules: MessageRules, { field }: Rule): string {
  const { oneof, name } = field;
  const what = oneof === undefined ? `\`${name}\`` : `a member of \`${oneof.name}\``;
  return `${what} occurs twice in one ${rules.name}`;
}

/** @returns how many elements the value is or holds */
function checkValue(rules: MessageRules, rule: Rule, cursor: WireCursor): number {
  const { wireType, start, end } = cursor;
  const isNumber = rule.kind === 'number' || rule.kind === 'numbers';
  if (rule.kind === 'numbers' && wireType === WireType.LengthDelimited) {
    return countVarints(rules, rule, cursor, end);
  }
  if (wireType !== (isNumber ? WireType.Varint : WireType.LengthDelimited)) {
    throw damaged(`\`${rule.field.name}\` of ${rules.name} has wire type ${wireType}`, start);
  }
  if (rule.kind === 'map') checkMapEntry(rules, rule, cursor, end);
  else if (rule.below !== undefined) checkMessage(rule.below, cursor, end);
  return 1;
}

/** Of a list of numbers that is written as one value. */
function countVarints(
  rules: MessageRules,
  { field }: Rule,
  cursor: WireCursor,
  end: number,
): number {
  const { start } = cursor;
  let elements = 0;
  while (cursor.pos < end) {
    cursor.findVarintEnd(rules.name);
    cursor.pos = cursor.end;
    elements += 1;
  }
  if (cursor.pos > end) {
    throw damaged(`\`${field.name}\` of ${rules.name} outruns its length`, start);
  }
  return elements;
}

/** The maps of the schema are all from text to text. */
function checkMapEntry(
  rules: MessageRules,
  { field }: Rule,
  cursor: WireCursor,
  end: number,
): void {
  let seen = 0;
  while (cursor.pos < end) {
    cursor.readField(rules.name, end);
    const { number, wireType } = cursor;
    const known = (number === 1 || number === 2) && wireType === WireType.LengthDelimited;
    if (!known || (seen & number) !== 0) {
      throw damaged(`an entry of \`${field.name}\` of ${rules.name} is malformed`, cursor.start);
    }
    seen |= number;
    cursor.pos = cursor.end;
  }
}
