import { checkOptions, type OptionNames } from '../foundation/options.js';
import { quote } from '../model/index.js';
import { ByteLists } from './byte-lists.js';
import { chooseMaskSign, formatMask } from './mask.js';
import {
  compileSecretFinder,
  type FindableSecret,
  type SecretFinder,
  sizeOf,
} from './secret-finder.js';
import { otherForms } from './secret-forms.js';
import { SpanList } from './span-list.js';
import { type TokenEntry, TokenRegistry, type TokenToRedact } from './token-registry.js';
import { stripZeroWidth } from './zero-width.js';

/**
 * Characters that a secret has at least: a shorter one stands in innocent text too often.
 * Zero-width characters do not count.
 */
export const MIN_SECRET_LENGTH = 8;
/** Characters that a secret has at most. */
export const MAX_SECRET_LENGTH = 65_536;
/**
 * Bytes of all secrets of a registry together, unless its options say otherwise: their tables take
 * about sixty times as much.
 */
const DEFAULT_MAX_BYTES = 4 * 2 ** 20;
/** Bytes of what is looked for of all tokens together: some 20,000 signed ones. */
const DEFAULT_MAX_TOKEN_BYTES = 2 ** 19;
/**
 * Tables of fewer bytes of secrets are made anew with each new secret: that costs less than
 * searching for some more tables.
 */
const SMALL_TABLE_BYTES = 2048;
/** Newer tables take in the one before them when it has no more than so many times their bytes. */
const MERGE_RATIO = 4;

/** A secret to be masked. */
export interface SecretToRedact {
  readonly value: string;
  /** Shown in the mask: `***name***`. 1 to 64 letters, digits, `_`, `.` or `-` in ASCII. */
  readonly name?: string;
  /**
   * Milliseconds since 1970 after which the secret need not be masked any more: where room is
   * needed, it is forgotten.
   */
  readonly expiresAt?: number;
}

/** How much a registry of secrets remembers. */
export interface SecretRegistryOptions {
  /** Bytes that the secrets may have together in UTF-8; 4 MiB by default. */
  readonly maxBytes?: number;
  /**
   * Bytes of what is looked for of tokens, 24 of each signed one: beyond, the oldest tokens are
   * given up. Default: 512 KiB.
   */
  readonly maxTokenBytes?: number;
}

interface Entry extends FindableSecret {
  readonly value: string;
  readonly name: string | undefined;
  live: boolean;
  /** How many times it was added and not removed. */
  uses: number;
  expiresAt: number;
}

const encoder = new TextEncoder();

/**
 * The secrets that are to be masked, and what finds them. A registry is bounded: it grows by what
 * is added and shrinks by what is removed.
 */
export class SecretRegistry {
  readonly #maxBytes: number;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  /** In no finder yet. */
  readonly #fresh = new Set<Entry>();
  /** Bytes of the secrets that the finders hold, the removed ones too. */
  #held = 0;
  #secretFinders: readonly SecretFinder<Entry>[] = [];
  #finders: readonly SecretFinder<Entry | TokenEntry>[] = [];
  readonly #tokens: TokenRegistry;
  #unmasked = 0;
  /** The sign of the masks, and masks by name; made when the first secret is masked. */
  #sign: string | undefined;
  readonly #masks = new Map<string | undefined, string>();

  constructor(options: SecretRegistryOptions = {}) {
    const { maxBytes = DEFAULT_MAX_BYTES, maxTokenBytes = DEFAULT_MAX_TOKEN_BYTES } = options;
    for (const [option, bytes] of Object.entries({ maxBytes, maxTokenBytes })) {
      if (!Number.isSafeInteger(bytes) || bytes < 0) {
        throw new TypeError(`${option} must be a whole number that is not negative`);
      }
    }
    this.#maxBytes = maxBytes;
    this.#tokens = new TokenRegistry(maxTokenBytes, () => this.#countUnmasked());
  }

  /** Number of different secrets. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Adds a secret. A secret that is added twice has to be removed twice.
   *
   * @returns removes the secret; a second call does nothing
   * @throws TypeError for an invalid secret; RangeError where the registry is full: nothing that is
   *   in it is given up for a new secret
   */
  add(secret: string | SecretToRedact): () => void {
    const { value, name, expiresAt } = parseSecret(secret);
    const known = this.#entries.get(value);
    const entry = known ?? this.#create(value, name);
    entry.uses++;
    entry.expiresAt = known === undefined ? expiresAt : Math.max(entry.expiresAt, expiresAt);
    let added = true;
    return () => {
      if (added && --entry.uses === 0) this.#forget(entry);
      added = false;
    };
  }

  /** How many secrets and tokens could not be taken, or had to be given up before their end. */
  get unmasked(): number {
    return this.#unmasked;
  }

  /**
   * Adds a token, which stays until it has ended or newer ones need its room.
   *
   * @throws TypeError if `token` is not a string of 8 to 65,536 characters
   */
  addToken(token: TokenToRedact): void {
    const { value, name, expiresAt } = parseSecret(token);
    this.#tokens.add(value, name, expiresAt);
  }

  /**
   * Finders for all secrets; the owners of what they find are positions in all their secrets, one
   * list after the other.
   */
  finders(): readonly SecretFinder<Entry | TokenEntry>[] {
    const isStale = this.#fresh.size > 0 || this.#isHalfRemoved();
    if (!isStale && !this.#tokens.isStale) return this.#finders;
    if (isStale) this.#compile();
    this.#finders = [...this.#secretFinders, ...this.#tokens.finders()];
    return this.#finders;
  }

  /** What stands in place of a secret, by the owner of its span. */
  mask(owner: number): string {
    const { name } = this.#entryOf(owner);
    let mask = this.#masks.get(name);
    if (mask === undefined) {
      this.#sign ??= chooseMaskSign(this.#texts());
      // A name that gives a secret away is not shown.
      const isShown = name !== undefined && !this.#holdsSecret(name);
      mask = formatMask(this.#sign, isShown ? name : undefined);
      this.#masks.set(name, mask);
    }
    return mask;
  }

  /** Whether the characters of base64url that follow a span belong to it. */
  runsOn(owner: number): boolean {
    const entry = this.#entryOf(owner);
    return 'runsOn' in entry && entry.runsOn;
  }

  #entryOf(owner: number): Entry | TokenEntry {
    let position = owner;
    for (const { secrets } of this.#finders) {
      if (position < secrets.length) return secrets[position] as Entry | TokenEntry;
      position -= secrets.length;
    }
    throw new RangeError('a span belongs to no secret');
  }

  *#texts(): Iterable<string> {
    for (const secret of this.#entries.keys()) {
      yield secret;
      yield* otherForms(secret);
    }
  }

  #countUnmasked(): void {
    if (this.#unmasked++ > 0) return;
    globalThis.process?.emitWarning?.(
      'more secrets and tokens are in use than there is room for: some are not masked in what is printed; raise `maxBytes` or `maxTokenBytes`',
      { code: 'FEAST_PERMISSIONS_UNMASKED' },
    );
  }

  #create(value: string, name: string | undefined): Entry {
    const found = {
      bytes: encoder.encode(value),
      otherForms: otherForms(value).map((form) => encoder.encode(form)),
      live: true,
    };
    const size = sizeOf(found);
    if (this.#bytes + size > this.#maxBytes) this.#forgetExpired();
    if (this.#bytes + size > this.#maxBytes) {
      this.#countUnmasked();
      throw new RangeError(
        `the redaction registry is full: ${this.#entries.size} secrets of ${this.#bytes} bytes`,
      );
    }
    const entry: Entry = { ...found, value, name, uses: 0, expiresAt: 0 };
    this.#entries.set(value, entry);
    this.#bytes += size;
    this.#fresh.add(entry);
    return entry;
  }

  #forget(entry: Entry): void {
    if (!entry.live) return;
    entry.live = false;
    this.#entries.delete(entry.value);
    this.#fresh.delete(entry);
    this.#bytes -= sizeOf(entry);
  }

  #forgetExpired(): void {
    const now = Date.now();
    for (const entry of this.#entries.values()) {
      if (entry.expiresAt < now) this.#forget(entry);
    }
  }

  #isHalfRemoved(): boolean {
    return this.#held > 2 * this.#bytes;
  }

  /**
   * New secrets go into a finder of their own, together with those of the finders before it that
   * are not much larger. So each finder is much larger than the next, there are few, and a secret
   * is moved to another one a logarithmic number of times.
   */
  #compile(): void {
    const finders = this.#isHalfRemoved() ? [] : [...this.#secretFinders];
    let secrets = finders.length === 0 ? [...this.#entries.values()] : [...this.#fresh];
    for (let last = finders.at(-1); last !== undefined; last = finders.at(-1)) {
      const limit = Math.max(SMALL_TABLE_BYTES, MERGE_RATIO * countBytes(secrets));
      if (countBytes(last.secrets) > limit) break;
      secrets = [...last.secrets.filter(({ live }) => live), ...secrets];
      finders.pop();
    }
    if (secrets.length > 0) finders.push(compileSecretFinder(secrets));
    this.#secretFinders = finders;
    this.#held = finders.reduce((held, { secrets }) => held + countBytes(secrets), 0);
    this.#fresh.clear();
    this.#sign = undefined;
    this.#masks.clear();
  }

  #holdsSecret(text: string): boolean {
    const spans = new SpanList();
    const bytes = encoder.encode(text);
    const lists = new ByteLists(bytes, undefined, 0, true);
    for (const finder of this.#finders) finder.find(bytes, lists, true, spans, 0);
    return spans.count > 0;
  }
}

function countBytes(secrets: readonly FindableSecret[]): number {
  return secrets.reduce((count, secret) => count + sizeOf(secret), 0);
}

interface ParsedSecret {
  readonly value: string;
  readonly name: string | undefined;
  readonly expiresAt: number;
}

/**
 * Checks a secret and takes off what is not looked for: zero-width characters, and white space
 * around it.
 */
const SECRET: OptionNames<SecretToRedact> = { value: true, name: true, expiresAt: true };

function parseSecret(secret: unknown): ParsedSecret {
  // Misspelt, `expiresAt` would keep a secret for good.
  if (typeof secret === 'object' && secret !== null) checkOptions<SecretToRedact>(secret, SECRET);
  const parts = typeof secret === 'object' && secret !== null ? secret : { value: secret };
  const { value, name, expiresAt } = parts as Partial<Record<keyof SecretToRedact, unknown>>;
  if (typeof value !== 'string') throw new TypeError('a secret must be a string');
  if (/\p{Cs}/u.test(value)) throw new TypeError('a secret must be well-formed Unicode');
  const visible = stripZeroWidth(value);
  const trimmed = visible.trim();
  // A file that a secret is read from ends with a line break; what is printed is the secret alone.
  const kept = trimmed.length >= MIN_SECRET_LENGTH ? trimmed : visible;
  if (kept.length < MIN_SECRET_LENGTH || kept.length > MAX_SECRET_LENGTH) {
    throw new TypeError(
      `a secret must have ${MIN_SECRET_LENGTH} to ${MAX_SECRET_LENGTH} characters, not ${kept.length}`,
    );
  }
  return { value: kept, name: parseName(name), expiresAt: parseExpiry(expiresAt) };
}

function parseName(name: unknown): string | undefined {
  if (name === undefined) return undefined;
  if (typeof name !== 'string') throw new TypeError('the name of a secret must be a string');
  if (/^[A-Za-z0-9_.-]{1,64}$/.test(name)) return name;
  throw new TypeError(
    `the name of a secret must be 1 to 64 letters, digits, \`_\`, \`.\` or \`-\`, not ${quote(name)}`,
  );
}

function parseExpiry(expiresAt: unknown): number {
  if (expiresAt === undefined) return Number.POSITIVE_INFINITY;
  if (typeof expiresAt === 'number' && !Number.isNaN(expiresAt)) return expiresAt;
  throw new TypeError('expiresAt must be a number of milliseconds');
}
