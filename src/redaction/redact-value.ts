import { defineHidden, makeErrorCopy } from './redact-error.js';

/** What a value that cannot be read is replaced with: a getter, a proxy or a `toJSON` threw. */
const UNREADABLE = '[unreadable]';
/** What everything beyond the limits is replaced with. */
const TRUNCATED = '[truncated]';

export interface ValueLimits {
  /** Objects inside objects that are looked into. */
  readonly maxDepth: number;
  /** Members of objects, arrays, maps and sets together. */
  readonly maxEntries: number;
}

/** What is done with the strings and bytes of a value. */
export interface ValueRedaction extends ValueLimits {
  readonly text: (text: string) => string;
  readonly bytes: (bytes: Uint8Array) => Uint8Array;
}

/** Fewer characters hold no secret. */
const SHORTEST_TEXT = 8;

/**
 * Copies a value with the secrets in all its strings, keys and bytes masked.
 *
 * The copy is plain data: objects lose their class, getters become what they give, `toJSON` is
 * asked first. Errors stay errors, arrays, maps, sets, dates and bytes what they are; functions,
 * regular expressions and promises become text. Cycles stay cycles. Never throws because of the
 * value, and never changes it.
 */
export function redactValue(value: unknown, redaction: ValueRedaction): unknown {
  return new ValueCopy(redaction).copy(value, 0);
}

class ValueCopy {
  readonly #redaction: ValueRedaction;
  readonly #copies = new Map<object, unknown>();
  #entries = 0;

  constructor(redaction: ValueRedaction) {
    this.#redaction = redaction;
  }

  copy(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        return this.#redaction.text(value);
      case 'number':
      case 'bigint':
      case 'symbol':
        return this.#copyPrimitive(value);
      case 'object':
        return value === null ? null : this.#copyObject(value, depth);
      case 'function':
        return attempt(() => this.#redaction.text(`[function ${String(value.name)}]`));
      default:
        return value;
    }
  }

  /** A secret of digits may be held as a number. */
  #copyPrimitive(value: number | bigint | symbol): unknown {
    const text = String(value);
    if (text.length < SHORTEST_TEXT) return value;
    const masked = this.#redaction.text(text);
    return masked === text ? value : masked;
  }

  #copyObject(value: object, depth: number): unknown {
    if (this.#copies.has(value)) return this.#copies.get(value);
    if (depth >= this.#redaction.maxDepth) return TRUNCATED;
    // SECURITY: what fails half-way is not shown half-way either, and never as it was.
    this.#copies.set(value, UNREADABLE);
    const copy = attempt(() => this.#copyByKind(value, depth + 1));
    this.#copies.set(value, copy);
    return copy;
  }

  #copyByKind(value: object, depth: number): unknown {
    if (isError(value)) return this.#copyError(value, depth);
    if (ArrayBuffer.isView(value)) return this.#copyView(value);
    if (value instanceof ArrayBuffer) return this.#copyView(new Uint8Array(value));
    if (value instanceof Date) return new Date(value.getTime());
    if (value instanceof Promise) return '[promise]';
    if (value instanceof RegExp) return this.copy(`/${value.source}/${value.flags}`, depth);
    if (value instanceof String || value instanceof Number)
      return this.copy(value.valueOf(), depth);
    if (Array.isArray(value)) return this.#copyArray(value, depth);
    if (value instanceof Map) return this.#copyMap(value, depth);
    if (value instanceof Set) return this.#copySet(value, depth);
    const { toJSON } = value as { readonly toJSON?: unknown };
    const shown: unknown = typeof toJSON === 'function' ? toJSON.call(value, '') : value;
    if (shown !== value) return this.copy(shown, depth);
    const copy = {};
    this.#copies.set(value, copy);
    this.#copyFields(value, copy, depth, []);
    return copy;
  }

  #copyError(error: Error, depth: number): Error {
    const read = (key: string): unknown => attempt(() => Reflect.get(error, key) as unknown);
    const textOf = (text: unknown): string =>
      this.#redaction.text(typeof text === 'string' ? text : UNREADABLE);
    const copy = makeErrorCopy({
      name: textOf(read('name')),
      message: textOf(read('message')),
      stack: this.copy(read('stack'), depth),
      className: textOf(attempt(() => error.constructor.name)),
    });
    this.#copies.set(error, copy);
    const hidden = ['message', 'name', 'stack', 'cause', 'errors'];
    for (const key of ['cause', 'errors'] as const) {
      const part = read(key);
      if (part !== undefined) defineHidden(copy, key, this.copy(part, depth));
    }
    this.#copyFields(error, copy, depth, hidden);
    return copy;
  }

  #copyView(view: ArrayBufferView): unknown {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    const masked = this.#redaction.bytes(bytes);
    // Anything but bytes has no place for a mask.
    if (masked !== bytes) return view instanceof Uint8Array ? sameBytes(view, masked) : masked;
    if (view instanceof DataView) return bytes.slice();
    if (view instanceof Uint8Array) return sameBytes(view, undefined);
    const numbers = view as ArrayBufferView & ArrayLike<unknown>;
    return this.#maskNumbers(numbers) ?? sameBytes(numbers as Uint8Array, undefined);
  }

  #copyArray(array: readonly unknown[], depth: number): unknown[] {
    const masked = this.#maskNumbers(array);
    if (masked !== undefined) return masked;
    const copy: unknown[] = [];
    this.#copies.set(array, copy);
    const { length } = array;
    for (let index = 0; index < length; index++) {
      if (!this.#mayGoOn()) {
        copy.push(TRUNCATED);
        break;
      }
      copy.push(
        this.copy(
          attempt(() => array[index]),
          depth,
        ),
      );
    }
    return copy;
  }

  /** The numbers of a list with a mask among them; undefined: its bytes hold no secret. */
  #maskNumbers(numbers: ArrayLike<unknown>): unknown[] | undefined {
    const { length } = numbers;
    if (length < SHORTEST_TEXT || !isByte(attempt(() => numbers[0]))) return undefined;
    const bytes = new Uint8Array(Math.min(length, this.#redaction.maxEntries));
    for (let index = 0; index < bytes.length; index++) {
      const value = attempt(() => numbers[index]);
      if (!isByte(value)) return undefined;
      bytes[index] = value;
    }
    const masked = this.#redaction.bytes(bytes);
    if (masked === bytes) return undefined;
    return bytes.length < length ? [...masked, TRUNCATED] : [...masked];
  }

  #copyMap(map: ReadonlyMap<unknown, unknown>, depth: number): Map<unknown, unknown> {
    const copy = new Map<unknown, unknown>();
    this.#copies.set(map, copy);
    const free = keyNumbering((key) => copy.has(key));
    for (const [key, value] of Map.prototype.entries.call(map)) {
      if (!this.#mayGoOn()) {
        copy.set(TRUNCATED, TRUNCATED);
        break;
      }
      const masked = this.copy(key, depth);
      copy.set(typeof masked === 'string' ? free(masked) : masked, this.copy(value, depth));
    }
    return copy;
  }

  #copySet(set: ReadonlySet<unknown>, depth: number): Set<unknown> {
    const copy = new Set<unknown>();
    this.#copies.set(set, copy);
    for (const member of Set.prototype.values.call(set)) {
      if (!this.#mayGoOn()) {
        copy.add(TRUNCATED);
        break;
      }
      copy.add(this.copy(member, depth));
    }
    return copy;
  }

  #copyFields(value: object, copy: object, depth: number, except: readonly string[]): void {
    const free = keyNumbering((key) => Object.hasOwn(copy, key));
    for (const key of Reflect.ownKeys(value)) {
      const shown = attempt(
        () => Reflect.getOwnPropertyDescriptor(value, key)?.enumerable === true,
      );
      if (shown === false || (typeof key === 'string' && except.includes(key))) continue;
      const more = this.#mayGoOn();
      const field = more
        ? this.copy(
            attempt(() => Reflect.get(value, key)),
            depth,
          )
        : TRUNCATED;
      const name = more ? this.#copyKey(key, free) : TRUNCATED;
      // Not an assignment: `__proto__` is a name like any other.
      Object.defineProperty(copy, name, {
        value: field,
        enumerable: true,
        configurable: true,
        writable: true,
      });
      if (!more) return;
    }
  }

  #copyKey(key: string | symbol, free: (key: string) => string): string | symbol {
    const name = typeof key === 'symbol' ? this.#copyPrimitive(key) : this.#redaction.text(key);
    return typeof name === 'symbol' ? name : free(String(name));
  }

  #mayGoOn(): boolean {
    return ++this.#entries <= this.#redaction.maxEntries;
  }
}

/** Two keys may have the same mask: the second is numbered. */
function keyNumbering(isUsed: (key: string) => boolean): (key: string) => string {
  const numbers = new Map<string, number>();
  return (key) => {
    if (!isUsed(key)) return key;
    let number = numbers.get(key) ?? 1;
    do number++;
    while (isUsed(`${key} ${number}`));
    numbers.set(key, number);
    return `${key} ${number}`;
  };
}

/** Errors of another realm, such as that of a test runner, are errors too. */
function isError(value: object): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

function isByte(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255;
}

/**
 * A copy in the class of the original, Node's `Buffer` included, as long as that class is one of
 * bytes or numbers.
 */
function sameBytes<T extends Uint8Array>(view: T, bytes: Uint8Array | undefined): Uint8Array {
  const copy = Uint8Array.prototype.slice.call(view, 0, bytes === undefined ? undefined : 0);
  if (bytes === undefined) return copy;
  if (copy.constructor === Uint8Array) return bytes;
  return (copy.constructor as unknown as { from(bytes: Uint8Array): Uint8Array }).from(bytes);
}

function attempt<T>(read: () => T): T | typeof UNREADABLE {
  try {
    return read();
  } catch {
    return UNREADABLE;
  }
}
