import type { ServicesCollector } from './services-collector.js';

/** A secret that a file holds, to be masked in whatever is printed later. */
export interface FoundSecret {
  /** What it is, for the mask: never the secret itself. */
  readonly name: string;
  readonly value: string;
}

/** What a reader is given to work with. */
export interface ReadContext {
  /** What the file is called in messages. */
  readonly name: string;
  /** Address that the file is the answer of, as far as it is known: `/api/2.0/…?scope=…`. */
  readonly path: string | undefined;
  /** Whether the file is what was sent there to replace what stands there, and not an answer. */
  readonly replacing: boolean;
  /** Milliseconds since 1970; undefined: the current time. */
  readonly now?: number | undefined;
  readonly collector: ServicesCollector;
  /** Takes a secret, so that it is masked. */
  addSecret(secret: FoundSecret): void;
}

/**
 * Reads one kind of file.
 *
 * A new kind is one object of this type in the list of readers; a caller's own stand before the
 * built-in ones.
 */
export interface ServicesFileReader {
  /** Stable name of the kind, for example `terraform-state`. */
  readonly kind: string;
  /** Whether a file is of this kind. Looks at the form alone; must not throw. */
  detect(value: Readonly<Record<string, unknown>>, path: string | undefined): boolean;
  /**
   * Gives what the file says to the collector of `context`.
   *
   * @throws ConfigInvalidError where the file is of this kind and cannot be understood as a whole.
   *   Never reads half of it.
   */
  read(value: Readonly<Record<string, unknown>>, context: ReadContext): void;
}
