/** One object of a store, as it is read. Each kind of store makes it with its own SDK. */
export interface StoredObject {
  /** Where it is, for messages: `s3://bucket/key`. Holds no secret. */
  readonly place: string;
  /** The store, as the subject of a sentence: `Amazon S3`. */
  readonly store: string;
  /** The right that reading needs, and what else a refusal may mean. */
  readonly right: string;
  /** What Feast itself does after a failure of this kind; empty: it fails too. */
  readonly feastAfter: (kind: FailureKind) => string;
  /**
   * Asks for the content, but for a version that is known already.
   *
   * @param known the tag of a version that is at hand
   * @returns undefined if that is the current version
   */
  readonly get: (
    known: string | undefined,
    signal: AbortSignal,
  ) => Promise<ObjectVersion | undefined>;
}

/** One version of an object. */
export interface ObjectVersion {
  /** Differs for each version: an ETag or a generation. Undefined: the store says none. */
  readonly tag: string | undefined;
  /** Bytes, as the store announces them. */
  readonly length: number | undefined;
  /** The content, not yet read. */
  readonly body: ObjectBody;
}

/** A readable stream of Node.js, as far as it is used. */
export interface ObjectBody extends AsyncIterable<Uint8Array> {
  destroy(error?: Error): unknown;
  on(event: 'error', listener: () => void): unknown;
}

/**
 * Why a store gives no content: it refuses, has no such object, fails by itself, or cannot be
 * reached at all. `credentials`: it was not asked, as the account has none.
 */
export type FailureKind = 'denied' | 'missing' | 'failing' | 'unreachable' | 'credentials';
