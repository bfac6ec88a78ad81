/**
 * One object of a registry, encoded. `list` is the field of `feast.core.Registry` that holds
 * objects of its kind.
 */
export interface EncodedObject {
  readonly list: string;
  readonly bytes: Uint8Array;
}
