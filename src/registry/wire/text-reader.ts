import { Buffer } from 'node:buffer';
import { decodeUtf8 } from '../../foundation/utf8.js';
import { RegistryInvalidError, type Tags } from '../../model/index.js';
import { RangeCache } from './range-cache.js';
import { WireCursor } from './wire-cursor.js';

const KEY = 1;
const NO_TAGS: Tags = Object.freeze(Object.create(null) as Tags);

/** Reads text out of the bytes of a registry. What many objects share is read once and shared. */
export class TextReader {
  readonly #bytes: Uint8Array;
  readonly #buffer: Buffer;
  readonly #shared: RangeCache<string>;
  readonly #tags: RangeCache<Tags>;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#shared = new RangeCache(bytes);
    this.#tags = new RangeCache(bytes);
  }

  /** @throws {@link RegistryInvalidError} when it is not UTF-8 */
  text(start: number, end: number): string {
    if (this.#isAscii(start, end)) return this.#buffer.toString('latin1', start, end);
    const text = decodeUtf8(this.#bytes.subarray(start, end), 'keep');
    if (text === undefined) throw new RegistryInvalidError('text is not UTF-8');
    return text;
  }

  /** The same of text that is likely to be there more than once. */
  sharedText(start: number, end: number): string {
    return this.#shared.get(start, end, this.#readText);
  }

  /** @throws {@link RegistryInvalidError} when it is not UTF-8 */
  assertText(start: number, end: number): void {
    if (!this.#isAscii(start, end)) this.text(start, end);
  }

  /**
   * Tags, frozen.
   *
   * @param start offset of the first of their entries. What stands between them is passed over
   */
  tags(start: number, end: number): Tags {
    return start === end ? NO_TAGS : this.#tags.get(start, end, this.#readTags);
  }

  readonly #readText = (start: number, end: number): string => this.text(start, end);

  readonly #readTags = (start: number, end: number): Tags => {
    const tags: Record<string, string> = Object.create(null);
    const cursor = new WireCursor(this.#bytes, start);
    let field = 0;
    while (cursor.pos < end) {
      cursor.readField('tags', end);
      const entryEnd = cursor.end;
      if (field === 0) field = cursor.number;
      if (cursor.number === field) this.#readTag(cursor, entryEnd, tags);
      cursor.pos = entryEnd;
    }
    return Object.freeze(tags);
  };

  #readTag(cursor: WireCursor, end: number, tags: Record<string, string>): void {
    let key = '';
    let value = '';
    while (cursor.pos < end) {
      cursor.readField('tags', end);
      const text = this.sharedText(cursor.content, cursor.end);
      if (cursor.number === KEY) key = text;
      else value = text;
      cursor.pos = cursor.end;
    }
    tags[key] = value;
  }

  #isAscii(start: number, end: number): boolean {
    const bytes = this.#bytes;
    let all = 0;
    for (let at = start; at < end; at += 1) all |= bytes[at] as number;
    return all < 0x80;
  }
}
