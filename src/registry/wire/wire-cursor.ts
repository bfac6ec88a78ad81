import { WireType } from '@bufbuild/protobuf/wire';
import { RegistryInvalidError } from '../../model/index.js';

/**
 * A varint of 64 bits. A longer one fits no field, and the decoder of the protobuf library fails on
 * it.
 */
const MAX_VARINT_BYTES = 10;
/** A tag or a length has 32 bits: the fifth byte of one holds four of them. */
const MAX_FIFTH_BYTE = 0x0f;

/**
 * Goes through encoded fields. It holds the field that was read last in its members: an object for
 * each field would be most of the cost of reading a registry.
 */
export class WireCursor {
  readonly bytes: Uint8Array;
  /** Where the next byte is read. */
  pos: number;
  /** Of the field that was read last. */
  number = 0;
  wireType: number = WireType.Varint;
  /** Offset of its tag. */
  start = 0;
  /** Offset of its value, behind the tag and the length. */
  content = 0;
  /** Offset behind its value. */
  end = 0;

  constructor(bytes: Uint8Array, pos = 0) {
    this.bytes = bytes;
    this.pos = pos;
  }

  /**
   * Reads a tag and finds where the value ends. Leaves `pos` at the value.
   *
   * @param message whose field it is, for errors
   * @throws {@link RegistryInvalidError} when it is no field, or ends behind `limit`
   */
  readField(message: string, limit: number): void {
    this.start = this.pos;
    const tag = this.uint32();
    this.number = tag >>> 3;
    this.wireType = tag & 7;
    if (this.number === 0) throw damaged('field 0 is none', this.start);
    this.content = this.pos;
    switch (this.wireType) {
      case WireType.LengthDelimited: {
        const length = this.uint32();
        this.content = this.pos;
        this.end = this.content + length;
        break;
      }
      case WireType.Varint:
        this.findVarintEnd(message);
        break;
      case WireType.Bit64:
        this.end = this.content + 8;
        break;
      case WireType.Bit32:
        this.end = this.content + 4;
        break;
      default:
        throw damaged(
          `field ${this.number} of ${message} is a group, which Feast never writes, or damaged`,
          this.start,
        );
    }
    if (this.end > limit) {
      throw damaged(
        `is cut off or damaged: field ${this.number} of ${message} ends ${this.end - limit} bytes too late`,
        this.start,
      );
    }
    this.pos = this.content;
  }

  /** @throws {@link RegistryInvalidError} when it is cut off, or of more than 32 bits */
  uint32(): number {
    const first = this.bytes[this.pos++];
    // Tags of the first fields, and the lengths of most names.
    if (first !== undefined && first < 0x80) return first;
    let value = (first ?? 0) & 0x7f;
    for (let shift = 7; shift <= 28; shift += 7) {
      const byte = this.bytes[this.pos++];
      if (byte === undefined) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (shift === 28 && byte > MAX_FIFTH_BYTE) break;
        return value >>> 0;
      }
    }
    throw damaged('is cut off or damaged: a tag or a length is none', this.pos);
  }

  /** A number whose end was found before, as 32 bits with a sign. */
  int32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.pos++] ?? 0;
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  /** Finds the end of the number at `pos`. */
  findVarintEnd(message: string): void {
    let at = this.pos;
    while ((this.bytes[at] ?? 0) >= 0x80) at += 1;
    this.end = at + 1;
    if (this.end - this.pos > MAX_VARINT_BYTES) {
      throw damaged(`field ${this.number} of ${message} is a number of too many bytes`, this.start);
    }
  }
}

export function damaged(problem: string, offset: number, cause?: unknown): RegistryInvalidError {
  return new RegistryInvalidError(
    `${problem} (byte ${offset})`,
    cause === undefined ? {} : { cause },
  );
}
