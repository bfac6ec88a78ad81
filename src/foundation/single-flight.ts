/** Work of which all who need it at the same time share one run. */
export class SingleFlight<T> {
  readonly #running = new Map<string, Promise<T>>();

  /** How many runs are on their way. */
  get size(): number {
    return this.#running.size;
  }

  /** The run that is on its way. */
  running(key = ''): Promise<T> | undefined {
    return this.#running.get(key);
  }

  /** Joins the run on its way, or starts one. What `start` throws is a rejection, too. */
  run(start: () => Promise<T>, key = ''): Promise<T> {
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const started = call(start).finally(() => this.#running.delete(key));
    this.#running.set(key, started);
    return started;
  }
}

async function call<T>(start: () => Promise<T>): Promise<T> {
  return start();
}
