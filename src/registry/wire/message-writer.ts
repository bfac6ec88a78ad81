const FIRST_SIZE = 65_536;
const CONTINUED = 0x80;
const SHORT = 64;

/**
 * Writes an encoded message into one buffer that grows. That of the protobuf library keeps a buffer
 * for each piece, which would be most of the cost of writing a registry.
 */
export class MessageWriter {
  #buffer: Buffer = Buffer.allocUnsafe(FIRST_SIZE);
  #length = 0;

  /** The tag and the length of a field that is `length` bytes long. */
  header(field: number, length: number): void {
    this.#varint(field * 8 + 2);
    this.#varint(length);
  }

  copy(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    this.#reserve(end - start);
    const buffer = this.#buffer;
    let to = this.#length;
    // Most pieces are short, and a call of the runtime costs more than a few bytes.
    if (end - start > SHORT) buffer.set(bytes.subarray(start, end), to);
    else for (let from = start; from < end; from++) buffer[to++] = bytes[from] as number;
    this.#length += end - start;
  }

  finish(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  #varint(value: number): void {
    this.#reserve(5);
    let rest = value;
    while (rest >= CONTINUED) {
      this.#buffer[this.#length++] = (rest & 0x7f) | CONTINUED;
      rest >>>= 7;
    }
    this.#buffer[this.#length++] = rest;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.#buffer.length));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}

/** Bytes that {@link MessageWriter.header} takes. */
export function headerSize(field: number, length: number): number {
  return varintSize(field * 8 + 2) + varintSize(length);
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= CONTINUED; rest >>>= 7) size++;
  return size;
}
