/** Gathers the chunks of a stream up to a bound. */
export class ByteCollector {
  readonly #maxBytes: number;
  #chunks: Uint8Array[] = [];
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Keeps a chunk. Returns false from the chunk on that exceeds the bound, and keeps nothing then.
   */
  add(chunk: Uint8Array): boolean {
    this.#length += chunk.length;
    if (this.#length > this.#maxBytes) {
      this.#chunks = [];
      return false;
    }
    this.#chunks.push(chunk);
    return true;
  }

  /** All chunks, as one. */
  toBytes(): Uint8Array {
    const [only = new Uint8Array(), second] = this.#chunks;
    if (second === undefined) return only;
    const bytes = new Uint8Array(this.#length);
    let offset = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, offset);
      offset += chunk.length;
    }
    return bytes;
  }
}

/**
 * All bytes of a stream, `undefined` if there are more than `maxBytes`. Reading stops at the first
 * chunk that exceeds the bound, which ends the stream.
 */
export async function collectBytes(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const collector = new ByteCollector(maxBytes);
  for await (const chunk of chunks) {
    if (!collector.add(chunk)) return undefined;
  }
  return collector.toBytes();
}
