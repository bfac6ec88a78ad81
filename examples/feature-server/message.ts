import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/**
 * One message of Protocol Buffers, by the numbers of its fields. What has no number here is not
 * looked at.
 */
export class Message {
  readonly #texts = new Map<number, Uint8Array[]>();
  readonly #numbers = new Map<number, number>();

  /** @throws Error when the bytes are no message */
  constructor(bytes: Uint8Array) {
    const reader = new BinaryReader(bytes);
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (type === WireType.LengthDelimited) {
        const texts = this.#texts.get(field) ?? [];
        texts.push(reader.bytes());
        this.#texts.set(field, texts);
      } else if (type === WireType.Varint) {
        this.#numbers.set(field, Number(reader.uint64()));
      } else {
        reader.skip(type);
      }
    }
  }

  /** Empty where there is none. */
  text(field: number): string {
    return new TextDecoder().decode(this.#texts.get(field)?.at(-1));
  }

  /** Zero where there is none. */
  number(field: number): number {
    return this.#numbers.get(field) ?? 0;
  }

  messages(field: number): readonly Message[] {
    return (this.#texts.get(field) ?? []).map((bytes) => new Message(bytes));
  }

  /** An empty one where there is none. */
  message(field: number): Message {
    return new Message(this.#texts.get(field)?.at(-1) ?? new Uint8Array());
  }
}
