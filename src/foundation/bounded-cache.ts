/**
 * A map that forgets: two generations, of which the older one is dropped whole when the younger one
 * is full.
 *
 * Holds entries of at most twice `generationWeight`; an entry that is asked for survives. Cheaper
 * than a list in order of use, and a stream of keys that never come again costs nothing but the
 * memory of two generations.
 */
export class BoundedCache<K, V> {
  readonly #generationWeight: number;
  readonly #weigh: (value: V) => number;
  #young = new Map<K, V>();
  #youngWeight = 0;
  #old = new Map<K, V>();

  /** @param weigh what an entry counts for: always the same for the same value */
  constructor(generationWeight: number, weigh: (value: V) => number) {
    this.#generationWeight = generationWeight;
    this.#weigh = weigh;
  }

  /** How many entries are held, those that are in both generations counted twice. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: K): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  /** Remembers an entry, unless it alone is heavier than a generation may be. */
  set(key: K, value: V): void {
    const weight = this.#weigh(value);
    if (weight > this.#generationWeight) return;
    const replaced = this.#young.get(key);
    this.#youngWeight += weight - (replaced === undefined ? 0 : this.#weigh(replaced));
    if (this.#youngWeight > this.#generationWeight) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngWeight = weight;
    }
    this.#young.set(key, value);
  }
}
