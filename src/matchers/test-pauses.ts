/**
 * Work between two pauses: states of the tested patterns times characters of the name, about a
 * millisecond.
 */
const STEP_WORK = 50_000;
/**
 * A pattern without states takes some time, too; and so does making an engine, at the first name,
 * whatever its length.
 */
const LEAST_STATES = 16;
const LEAST_LENGTH = 64;

/** Says after which tests of patterns on a name a pause is due. */
export class TestPauses {
  readonly #length: number;
  #work = 0;

  /** @param nameLength in UTF-16 code units */
  constructor(nameLength: number) {
    this.#length = nameLength + LEAST_LENGTH;
  }

  /** @param states of the pattern that was tested */
  isDueAfter(states: number): boolean {
    this.#work += (states + LEAST_STATES) * this.#length;
    if (this.#work < STEP_WORK) return false;
    this.#work = 0;
    return true;
  }
}
