/** Steps of all searches of one comparison together: some seconds at most. */
const MAX_TOTAL_STEPS = 60_000_000;
const MAX_STEPS = 6_000_000;
const MAX_STATES = 20_000;

/** What is left for searches. */
export class NameBudget {
  readonly maxStates: number;
  #left = MAX_TOTAL_STEPS;

  constructor(maxStates: number | undefined) {
    this.maxStates = maxStates ?? MAX_STATES;
  }

  /** Steps that the next search may take. */
  get maxSteps(): number {
    return Math.min(MAX_STEPS, this.#left);
  }

  spend(steps: number): void {
    this.#left -= steps;
  }
}
