/** What goes wrong with one request. */
export type Fault =
  /** The connection ends before anything happens. */
  | { readonly kind: 'kill-before' }
  /** Everything happens, and then the connection ends without an answer. */
  | { readonly kind: 'kill-after' }
  /** Nothing happens, and no answer ever comes. */
  | { readonly kind: 'hang' }
  /** Everything happens, and the answer comes late. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /**
   * Nothing happens (`after`: everything does), and the answer is this error. `retryAfter` is the
   * header's text.
   */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly errorCode?: string;
      readonly message?: string;
      readonly retryAfter?: string;
      readonly after?: boolean;
    }
  /** Everything happens, and the answer is this text. */
  | { readonly kind: 'malformed'; readonly body: string; readonly status?: number };

/** Which requests a fault counts: all of them unless given. */
export interface FaultFilter {
  readonly method?: string;
  /** What the path starts with. */
  readonly path?: string;
}

interface PlannedFault {
  readonly filter: FaultFilter;
  readonly fault: Fault;
  remaining: number;
}

/** Faults by the number of the request that they happen to. */
export class FaultPlan {
  readonly #planned: PlannedFault[] = [];

  /** @param n which of the requests from now on that the filter lets through; 1 is the next */
  failAt(n: number, fault: Fault, filter: FaultFilter = {}): void {
    if (!Number.isInteger(n) || n < 1) throw new TypeError('n counts requests from 1');
    this.#planned.push({ filter, fault, remaining: n });
  }

  /** Counts this request, and says what goes wrong with it. */
  take(method: string, path: string): Fault | undefined {
    const counted = this.#planned.filter(
      ({ filter }) =>
        (filter.method === undefined || filter.method === method) &&
        path.startsWith(filter.path ?? ''),
    );
    for (const planned of counted) planned.remaining -= 1;
    const due = counted.filter(({ remaining }) => remaining === 0);
    for (const planned of due) this.#planned.splice(this.#planned.indexOf(planned), 1);
    return due[0]?.fault;
  }

  clear(): void {
    this.#planned.length = 0;
  }
}
