import { grown } from '../foundation/grown.js';

/**
 * The escapes of a text that stand for a character of base64 or for nothing, in their order: a
 * secret in base64 may go on behind them. Filled again and again, so that a scan allocates nothing.
 */
export class Interruptions {
  count = 0;
  places: Int32Array = new Int32Array(64);
  ends: Int32Array = new Int32Array(64);
  /** What each stands for; -1: nothing. */
  characters: Int16Array = new Int16Array(64);

  /** @param character what the escape stands for; -1: nothing */
  push(place: number, end: number, character: number): void {
    if (this.count === this.places.length) this.#grow();
    this.places[this.count] = place;
    this.ends[this.count] = end;
    this.characters[this.count++] = character;
  }

  /** The first one from `index` on that does not stand before a place. */
  skipTo(place: number, index: number): number {
    let next = index;
    while (next < this.count && (this.places[next] as number) < place) next++;
    return next;
  }

  #grow(): void {
    const size = 2 * this.count;
    this.places = grown(this.places, size);
    this.ends = grown(this.ends, size);
    this.characters = grown(this.characters, size);
  }
}
