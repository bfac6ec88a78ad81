// Not from the index, which would load every engine of patterns into the log.
import { LazyDecision } from '../engine/lazy-decision.js';
import { checkOptions, type OptionNames } from '../foundation/options.js';
import type { GateDecision, GateRefusal } from '../gate/index.js';
import type { Decision } from '../model/index.js';
import { DecisionIds } from './decision-ids.js';
import type { DecisionRecord } from './decision-record.js';
import {
  type FeastAuditBody,
  type FeastAuditRecord,
  feastAuditRecord,
  isUnauthenticated,
  toFeastAuditBody,
} from './feast-audit-record.js';
import {
  type BodyOptions,
  decisionBody,
  decisionRecord,
  type RecordBody,
  refusalBody,
} from './record-body.js';

/** Takes records. What it throws, or rejects with, changes no answer and is counted as lost. */
export type DecisionSink = (record: DecisionRecord | FeastAuditRecord, allowed: boolean) => unknown;

/** Takes records as text, which costs a server less than objects to be written as JSON. */
export interface DecisionLineSink {
  /**
   * Takes one record.
   *
   * @param line the record as JSON, without a line break
   * @param allowed whether the request was let through
   * @throws what changes no answer and is counted as lost
   */
  writeLine(line: string, allowed: boolean): unknown;
}

/** The span that a record belongs to. `SpanContext` of OpenTelemetry is one. */
export interface ActiveSpan {
  readonly traceId: string;
  readonly spanId: string;
}

/** How {@link createDecisionLog} writes. */
export interface DecisionLogOptions {
  /** Where records go: {@link pinoSink}, the sink of `openDecisionFile`, or one of your own. */
  readonly sink: DecisionSink | DecisionLineSink;
  /** Whether the roles of users are recorded. Default: `false`, names only. */
  readonly roles?: boolean | undefined;
  /** Written into every record, such as the name of the server. Default: none. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /**
   * The span in force, for `trace_id`: `() => trace.getActiveSpan()?.spanContext()` with
   * `@opentelemetry/api`. Default: records have no trace.
   */
  readonly activeSpan?: (() => ActiveSpan | undefined) | undefined;
  /** `feast`: the shape of Feast's audit log. Default: `opa`, a {@link DecisionRecord}. */
  readonly shape?: 'opa' | 'feast' | undefined;
  /** Maximum number of permissions that a record names. Default: 10. */
  readonly maxPermissions?: number | undefined;
}

/** How often what was recorded, since the log was made. */
export interface DecisionCounts {
  readonly allowed: number;
  /** Decisions that refuse: 403. */
  readonly denied: number;
  /** Requests whose caller is not known: 401. */
  readonly unauthenticated: number;
  /** Other requests that were refused before a decision: 415, 422 and 503. */
  readonly refused: number;
  /** Records that could not be made, or that the sink failed on. */
  readonly lost: number;
}

/** Listeners for a gate that record what it decides and refuses. */
export interface DecisionLog {
  /** For `onDecision` of `createGate` and `loadGate`. */
  readonly onDecision: (decision: GateDecision) => void;
  /** For `onRefusal` of `createGate` and `loadGate`. */
  readonly onRefusal: (refusal: GateRefusal) => void;
  readonly counts: DecisionCounts;
}

const OPTIONS: OptionNames<DecisionLogOptions> = {
  sink: true,
  roles: true,
  labels: true,
  activeSpan: true,
  shape: true,
  maxPermissions: true,
};
const DEFAULT_PERMISSIONS = 10;
const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;

/**
 * Records every decision of a gate, and every request that it refuses before a decision.
 *
 * A failure in it, or in its sink, changes no answer. Records hold the names of users and resources
 * and, if asked for, roles; never a token or a claim.
 *
 * @throws TypeError if an option is unknown or invalid
 * @example
 * const log = createDecisionLog({ sink: pinoSink(logger), roles: true });
 * const gate = await loadGate('feature_repo', {
 *   onDecision: log.onDecision,
 *   onRefusal: log.onRefusal,
 * });
 */
export function createDecisionLog(options: DecisionLogOptions): DecisionLog {
  assertOptions(options);
  const recorder = new Recorder(options);
  return {
    onDecision: (decision) => recorder.decided(decision),
    onRefusal: (refusal) => recorder.refused(refusal),
    get counts() {
      return recorder.counts;
    },
  };
}

function assertOptions(options: DecisionLogOptions): void {
  checkOptions<DecisionLogOptions>(options, OPTIONS);
  const { sink, roles, labels, activeSpan, shape, maxPermissions } = options;
  if (typeof sink !== 'function' && typeof sink?.writeLine !== 'function') {
    throw new TypeError('option sink must be a function or have a method `writeLine`');
  }
  if (roles !== undefined && typeof roles !== 'boolean') {
    throw new TypeError('option roles must be a boolean');
  }
  if (labels !== undefined && !isTexts(labels)) {
    throw new TypeError('option labels must be an object of strings');
  }
  if (activeSpan !== undefined && typeof activeSpan !== 'function') {
    throw new TypeError('option activeSpan must be a function');
  }
  if (shape !== undefined && shape !== 'opa' && shape !== 'feast') {
    throw new TypeError('option shape must be `opa` or `feast`');
  }
  if (maxPermissions !== undefined && !(Number.isInteger(maxPermissions) && maxPermissions >= 0)) {
    throw new TypeError('option maxPermissions must be an integer of at least 0');
  }
}

function isTexts(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((one) => typeof one === 'string')
  );
}

type Body = RecordBody | FeastAuditBody;

/** The text that all records of one question have in common. */
interface CommonText {
  readonly operation: string | undefined;
  /** The members of the body as JSON, with what ends the record. */
  readonly text: string;
}

/** Text of more UTF-16 code units is made anew each time: names of users may be long. */
const MAX_KEPT_TEXT = 2048;

class Recorder {
  readonly #sink: DecisionSink | undefined;
  readonly #lineSink: DecisionLineSink | undefined;
  readonly #activeSpan: DecisionLogOptions['activeSpan'];
  readonly #isFeast: boolean;
  readonly #bodyOptions: BodyOptions;
  readonly #ids = new DecisionIds();
  #time = Number.NaN;
  #timestamp = '';
  readonly #beforeId: string;
  #afterId = '';
  readonly #counts = { allowed: 0, denied: 0, unauthenticated: 0, refused: 0, lost: 0 };

  constructor(options: DecisionLogOptions) {
    const { sink, activeSpan, shape, labels } = options;
    const { roles = false, maxPermissions = DEFAULT_PERMISSIONS } = options;
    if (typeof sink === 'function') this.#sink = sink;
    else this.#lineSink = sink;
    this.#activeSpan = activeSpan;
    this.#isFeast = shape === 'feast';
    this.#beforeId = this.#isFeast ? '{"request_id":"' : '{"decision_id":"';
    this.#bodyOptions = { roles, maxPermissions, labels: labels && Object.freeze({ ...labels }) };
  }

  get counts(): DecisionCounts {
    return { ...this.#counts };
  }

  decided({ decision, operation, time }: GateDecision): void {
    const { allowed } = decision;
    this.#counts[allowed ? 'allowed' : 'denied'] += 1;
    try {
      if (this.#lineSink === undefined)
        this.#writeRecord(this.#bodyOf(decision, operation), time, allowed);
      else this.#writeLine(this.#textOf(decision, operation), time, allowed);
    } catch {
      this.#lose();
    }
  }

  refused(refusal: GateRefusal): void {
    this.#counts[isUnauthenticated(refusal.code) ? 'unauthenticated' : 'refused'] += 1;
    try {
      const body = this.#shaped(refusalBody(refusal, this.#bodyOptions));
      if (this.#lineSink === undefined) this.#writeRecord(body, refusal.time, false);
      else this.#writeLine(textOf(body), refusal.time, false);
    } catch {
      this.#lose();
    }
  }

  #bodyOf(decision: Decision, operation: string | undefined): Body {
    return this.#shaped(decisionBody({ decision, operation }, this.#bodyOptions));
  }

  #shaped(body: RecordBody): Body {
    return this.#isFeast ? toFeastAuditBody(body) : body;
  }

  /** A gate remembers decisions that come again: the text of a record is kept with its decision. */
  #textOf(decision: Decision, operation: string | undefined): string {
    const known = LazyDecision.noteOf(decision, this) as CommonText | undefined;
    if (known !== undefined && known.operation === operation) return known.text;
    const text = textOf(this.#bodyOf(decision, operation));
    if (text.length <= MAX_KEPT_TEXT) LazyDecision.keepNote(decision, this, { operation, text });
    return text;
  }

  #writeRecord(body: Body, time: number, allowed: boolean): void {
    this.#look(time);
    const head = { id: this.#ids.next(), timestamp: this.#timestamp, span: this.#span() };
    const record = 'path' in body ? decisionRecord(head, body) : feastAuditRecord(head, body);
    this.#heed(this.#sink?.(record, allowed));
  }

  // Put together of as few parts as possible, of which none needs an escape: writing a record as
  // JSON took most of its time, and collecting the parts takes a good deal of what is left.
  #writeLine(text: string, time: number, allowed: boolean): void {
    this.#look(time);
    const span = this.#span();
    const start = this.#beforeId + this.#ids.next() + this.#afterId;
    const line =
      span === undefined
        ? start + text
        : `${start},"trace_id":"${span.traceId}","span_id":"${span.spanId}"${text}`;
    this.#heed(this.#lineSink?.writeLine(line, allowed));
  }

  #heed(written: unknown): void {
    if (written instanceof Promise) written.catch(() => this.#lose());
  }

  #span(): ActiveSpan | undefined {
    const span = this.#activeSpan?.();
    if (span === undefined) return undefined;
    // Read once: what was checked is what is written.
    const { traceId, spanId } = span;
    return TRACE_ID.test(traceId) && SPAN_ID.test(spanId) ? { traceId, spanId } : undefined;
  }

  /** Reads the clock. Many decisions fall into one millisecond. */
  #look(time: number): void {
    if (time === this.#time) return;
    this.#timestamp = new Date(time).toISOString();
    this.#afterId = `","timestamp":"${this.#timestamp}"`;
    this.#time = time;
  }

  #lose(): void {
    this.#counts.lost += 1;
  }
}

function textOf(body: Body): string {
  return `,${JSON.stringify(body).slice(1)}`;
}
