/** Places of secrets in a text: where each begins and ends, and which secret it is. */
export class SpanList {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #owners: number[] = [];

  get count(): number {
    return this.#starts.length;
  }

  start(span: number): number {
    return this.#starts[span] as number;
  }

  end(span: number): number {
    return this.#ends[span] as number;
  }

  /** The secret of a span; of spans made one, the secret of the longest. */
  owner(span: number): number {
    return this.#owners[span] as number;
  }

  clear(): void {
    this.#starts.length = 0;
    this.#ends.length = 0;
    this.#owners.length = 0;
  }

  /**
   * Adds a span. Those added last that it overlaps become one with it, so that a text full of
   * overlaps stays one span.
   */
  push(start: number, end: number, owner: number): void {
    let from = start;
    let to = end;
    let longest = end - start;
    let named = owner;
    for (let last = this.count - 1; last >= 0; last--) {
      const lastStart = this.start(last);
      const lastEnd = this.end(last);
      if (lastEnd <= from || lastStart >= to) break;
      if (lastEnd - lastStart >= longest) {
        longest = lastEnd - lastStart;
        named = this.owner(last);
      }
      from = Math.min(from, lastStart);
      to = Math.max(to, lastEnd);
      this.#starts.pop();
      this.#ends.pop();
      this.#owners.pop();
    }
    this.#starts.push(from);
    this.#ends.push(to);
    this.#owners.push(named);
  }

  /**
   * Sorts the spans by where they begin, and makes one of those that overlap. Spans that only touch
   * stay two.
   */
  normalize(): void {
    if (this.count < 2) return;
    const spans = this.#starts.map((start, span) => ({
      start,
      end: this.end(span),
      owner: this.owner(span),
    }));
    spans.sort((a, b) => a.start - b.start || b.end - a.end);
    this.clear();
    for (const { start, end, owner } of spans) this.push(start, end, owner);
  }
}
