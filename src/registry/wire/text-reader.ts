import { Buffer } from 'node:buffer';
import { decodeUtf8 } from '../../foundation/utf8.js';
import { RegistryInvalidError, type Tags } from '../../model/index.js';
import { WireCursor } from './wire-cursor.js';

/**
 * Most sets of tags that are remembered. Registries have few, and one that has many costs no more
 * memory for it.
 */
const MAX_REMEMBERED = 4096;
/** Longest set of tags that is remembered, in bytes. */
const MAX_REMEMBERED_BYTES = 256;

const KEY = 1;

/**
 * Reads text out of a registry. What many objects have in common, their project and their tags, is
 * read once and shared.
 */
export class TextReader {
  readonly #bytes: Uint8Array;
  readonly #buffer: Buffer;
  /** By their bytes. */
  readonly #tags = new Map<string, Tags>();
  /** The text that was read last by `again`, and where it is. */
  #last = '';
  #lastStart = 0;
  #lastEnd = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @throws {@link RegistryInvalidError} when it is not UTF-8 */
  text(start: number, end: number): string {
    if (this.#isAscii(start, end)) return this.#buffer.toString('latin1', start, end);
    const text = decodeUtf8(this.#bytes.subarray(start, end), 'keep');
    if (text === undefined) throw new RegistryInvalidError('text is not UTF-8');
    return text;
  }

  /** @throws {@link RegistryInvalidError} when it is not UTF-8 */
  assertText(start: number, end: number): void {
    if (!this.#isAscii(start, end)) this.text(start, end);
  }

  /** {@link TextReader.text} for text that is likely to be what this method read before. */
  again(start: number, end: number): string {
    if (!this.#isLast(start, end)) {
      this.#last = this.text(start, end);
      this.#lastStart = start;
      this.#lastEnd = end;
    }
    return this.#last;
  }

  /**
   * The tags of an object, frozen.
   *
   * @param start offset of the first of its entries, which follow each other
   * @param field number of the field that they are in; entries of others are passed over
   */
  tags(start: number, end: number, field: number): Tags {
    if (start === end) return NO_TAGS;
    if (end - start > MAX_REMEMBERED_BYTES) return this.#readTags(start, end, field);
    const key = this.#buffer.toString('latin1', start, end);
    let tags = this.#tags.get(key);
    if (tags === undefined) {
      tags = this.#readTags(start, end, field);
      if (this.#tags.size < MAX_REMEMBERED) this.#tags.set(key, tags);
    }
    return tags;
  }

  #readTags(start: number, end: number, field: number): Tags {
    const tags: Record<string, string> = Object.create(null);
    const cursor = new WireCursor(this.#bytes, start);
    while (cursor.pos < end) {
      cursor.readField('tags', end);
      const { end: entryEnd } = cursor;
      if (cursor.number === field) {
        let key = '';
        let value = '';
        while (cursor.pos < entryEnd) {
          cursor.readField('tags', entryEnd);
          const text = this.text(cursor.content, cursor.end);
          if (cursor.number === KEY) key = text;
          else value = text;
          cursor.pos = cursor.end;
        }
        tags[key] = value;
      }
      cursor.pos = entryEnd;
    }
    return Object.freeze(tags);
  }

  #isAscii(start: number, end: number): boolean {
    const bytes = this.#bytes;
    let all = 0;
    for (let at = start; at < end; at += 1) all |= bytes[at] as number;
    return all < 0x80;
  }

  #isLast(start: number, end: number): boolean {
    const bytes = this.#bytes;
    const length = end - start;
    if (length !== this.#lastEnd - this.#lastStart) return false;
    for (let at = 0; at < length; at += 1) {
      if (bytes[start + at] !== bytes[this.#lastStart + at]) return false;
    }
    return true;
  }
}

const NO_TAGS: Tags = Object.freeze(Object.create(null) as Tags);
