/** A line of text, or why it could not be read. */
export type ReadLine = { readonly text: string } | { readonly problem: string };

const NEWLINE = 0x0a;

/**
 * Splits a stream into lines, however large it is: at most one line is held at a time.
 *
 * Shape: gives the lines that each chunk of the stream completes, in order and without their ends,
 * blank ones included. A line that is too long or not UTF-8 is a problem, and the next one is read
 * as if nothing had been.
 *
 * @param maxLength longest line, in bytes
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  maxLength: number,
): AsyncGenerator<readonly ReadLine[]> {
  const reader = new LineReader(maxLength);
  for await (const chunk of chunks) yield reader.push(chunk);
  yield reader.finish();
}

class LineReader {
  readonly #maxLength: number;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  /** Pieces of the line that is not complete; emptied when it is too long. */
  #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  push(chunk: Uint8Array): readonly ReadLine[] {
    const lines: ReadLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#append(chunk.subarray(start, end));
      lines.push(this.#take());
      start = end + 1;
    }
    this.#append(chunk.subarray(start));
    return lines;
  }

  finish(): readonly ReadLine[] {
    return this.#length > 0 ? [this.#take()] : [];
  }

  #append(piece: Uint8Array): void {
    this.#length += piece.length;
    // SECURITY: what is too long is counted and not kept.
    if (this.#length > this.#maxLength) this.#pieces = [];
    else if (piece.length > 0) this.#pieces.push(piece);
  }

  #take(): ReadLine {
    const pieces = this.#pieces;
    const tooLong = this.#length > this.#maxLength;
    this.#pieces = [];
    this.#length = 0;
    if (tooLong) return { problem: `the line is longer than ${this.#maxLength} bytes` };
    const [only = new Uint8Array(), second] = pieces;
    try {
      return { text: this.#decoder.decode(second === undefined ? only : Buffer.concat(pieces)) };
    } catch {
      return { problem: 'the line is not UTF-8' };
    }
  }
}
