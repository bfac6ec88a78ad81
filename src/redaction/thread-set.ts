/**
 * More readings at once are not followed: the ones with least of a secret read are dropped. No real
 * text comes near it.
 */
const MOST_THREADS = 64;

/**
 * The readings of a text that a scan follows at once: each is a node of the automaton and the place
 * that the reading has come to. One that has read nothing of a secret is not kept, as every other
 * knows as much.
 */
export class ThreadSet {
  readonly #nodes = new Int32Array(MOST_THREADS);
  readonly #places = new Float64Array(MOST_THREADS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  node(thread: number): number {
    return this.#nodes[thread] as number;
  }

  place(thread: number): number {
    return this.#places[thread] as number;
  }

  clear(): void {
    this.#size = 0;
  }

  add(node: number, place: number): void {
    if (node === 0) return;
    let shallowest = 0;
    for (let thread = 0; thread < this.#size; thread++) {
      if (this.#nodes[thread] === node && this.#places[thread] === place) return;
      if (this.node(thread) < this.node(shallowest)) shallowest = thread;
    }
    if (this.#size < MOST_THREADS) {
      this.#nodes[this.#size] = node;
      this.#places[this.#size++] = place;
      return;
    }
    // Nodes are numbered level by level: the smallest number has read least.
    if (this.node(shallowest) > node) return;
    this.#nodes[shallowest] = node;
    this.#places[shallowest] = place;
  }

  /** Takes a thread out and gives its node. Another thread takes its number. */
  take(thread: number): number {
    const node = this.node(thread);
    this.#size--;
    this.#nodes[thread] = this.node(this.#size);
    this.#places[thread] = this.place(this.#size);
    return node;
  }
}
