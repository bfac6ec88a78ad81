import { compileSecretFinder, type FindableSecret, type SecretFinder } from './secret-finder.js';

/**
 * Characters of a signature that are looked for: 144 bits, which no other signature begins with.
 * What follows them is masked with them.
 */
const SIGNATURE_WINDOW = 24;
/**
 * A token of another form is looked for by so many characters that it ends with, where it is longer
 * than that.
 */
const TAIL_WINDOW = 43;
/** Bytes in one finder: building its tables must not hold the process up. */
const MAX_FINDER_BYTES = 96 * 1024;
/** So many bytes of new tokens do not wait for the next text: their tables would hold it up. */
const MOST_FRESH_BYTES = 16 * 1024;
/** Newer tables take in the one before them when it has no more than so many times their bytes. */
const MERGE_RATIO = 4;
const SMALL_FINDER_BYTES = 2048;

/** A token to be masked. */
export interface TokenToRedact {
  readonly value: string;
  /** Shown in the mask, as that of a secret. */
  readonly name?: string;
  /** Milliseconds since 1970 from which on the token is worth nothing. */
  readonly expiresAt: number;
}

export interface TokenEntry extends FindableSecret {
  readonly name: string | undefined;
  /** Whether the characters of base64url that follow belong to it. */
  readonly runsOn: boolean;
  live: boolean;
  expiresAt: number;
}

const encoder = new TextEncoder();

/**
 * The tokens that are to be masked: as many as there is room for, the latest ones. Strangers send
 * them, so they have room of their own and take none from secrets.
 */
export class TokenRegistry {
  readonly #maxBytes: number;
  readonly #onEvicted: () => void;
  /** By what is looked for, the oldest first. */
  readonly #entries = new Map<string, TokenEntry>();
  #bytes = 0;
  #fresh: TokenEntry[] = [];
  #freshBytes = 0;
  #finders: SecretFinder<TokenEntry>[] = [];
  #isStale = false;

  /** @param onEvicted called for each token that has to be given up before it ends */
  constructor(maxBytes: number, onEvicted: () => void) {
    this.#maxBytes = maxBytes;
    this.#onEvicted = onEvicted;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** @param value well-formed, of eight characters at least */
  add(value: string, name: string | undefined, expiresAt: number): void {
    const signature = /^[\w-]+\.[\w-]+\.([\w-]{32,})$/.exec(value)?.[1];
    const window =
      signature === undefined ? value.slice(-TAIL_WINDOW) : signature.slice(0, SIGNATURE_WINDOW);
    const known = this.#entries.get(window);
    if (known !== undefined) {
      known.expiresAt = Math.max(known.expiresAt, expiresAt);
      return;
    }
    const bytes = encoder.encode(window);
    if (bytes.length > this.#maxBytes) {
      this.#onEvicted();
      return;
    }
    const runsOn = signature !== undefined;
    const entry: TokenEntry = { bytes, name, runsOn, live: true, expiresAt };
    this.#entries.set(window, entry);
    this.#bytes += bytes.length;
    this.#fresh.push(entry);
    this.#freshBytes += bytes.length;
    if (this.#bytes > this.#maxBytes) this.#makeRoom();
    if (this.#freshBytes > MOST_FRESH_BYTES) this.#compile();
  }

  /** Finders for all tokens, with those that were given up as not live. */
  finders(): readonly SecretFinder<TokenEntry>[] {
    if (this.#fresh.length > 0) this.#compile();
    this.#isStale = false;
    return this.#finders;
  }

  /** Whether the finders are others than those that were given last. */
  get isStale(): boolean {
    return this.#isStale || this.#fresh.length > 0;
  }

  /** Gives up the oldest, a bit more than need be: so this is seldom done. */
  #makeRoom(): void {
    const now = Date.now();
    const wanted = this.#maxBytes * (7 / 8);
    for (const [window, entry] of this.#entries) {
      if (this.#bytes <= wanted) break;
      this.#entries.delete(window);
      this.#bytes -= entry.bytes.length;
      entry.live = false;
      if (entry.expiresAt > now) this.#onEvicted();
    }
  }

  #compile(): void {
    let tokens = this.#fresh.filter(({ live }) => live);
    this.#fresh = [];
    this.#freshBytes = 0;
    this.#isStale = true;
    const finders = this.#finders.filter(({ secrets }) => secrets.some(({ live }) => live));
    for (let last = finders.at(-1); last !== undefined; last = finders.at(-1)) {
      const bytes = countBytes(tokens);
      const lastBytes = countBytes(last.secrets);
      if (lastBytes > Math.max(SMALL_FINDER_BYTES, MERGE_RATIO * bytes)) break;
      if (lastBytes + bytes > MAX_FINDER_BYTES) break;
      tokens = [...last.secrets.filter(({ live }) => live), ...tokens];
      finders.pop();
    }
    // Those that came at once may be more than one finder takes.
    while (tokens.length > 0) {
      let count = 0;
      let bytes = 0;
      while (count < tokens.length && (count === 0 || bytes < MAX_FINDER_BYTES))
        bytes += (tokens[count++] as TokenEntry).bytes.length;
      finders.push(compileSecretFinder(tokens.slice(0, count)));
      tokens = tokens.slice(count);
    }
    this.#finders = finders;
  }
}

function countBytes(tokens: readonly TokenEntry[]): number {
  return tokens.reduce((count, { bytes }) => count + bytes.length, 0);
}
