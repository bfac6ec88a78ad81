import { checkOptions, type OptionNames } from '../foundation/options.js';
import type { GateDecision, GateRefusal } from '../gate/index.js';
import type { Subject } from '../model/index.js';
import type {
  DecisionRecord,
  DecisionRecordInput,
  DecisionRecordResult,
} from './decision-record.js';
import {
  type FeastAuditRecord,
  isUnauthenticated,
  toFeastAuditRecord,
} from './feast-audit-record.js';

/** Takes records. What it throws, or rejects with, changes no answer and is counted as lost. */
export type DecisionSink = (record: DecisionRecord | FeastAuditRecord, allowed: boolean) => unknown;

/** The span that a record belongs to. `SpanContext` of OpenTelemetry is one. */
export interface ActiveSpan {
  readonly traceId: string;
  readonly spanId: string;
}

/** How {@link createDecisionLog} writes. */
export interface DecisionLogOptions {
  /** Where records go: {@link pinoSink}, the sink of `openDecisionFile`, or a function. */
  readonly sink: DecisionSink;
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
  if (typeof sink !== 'function') throw new TypeError('option sink must be a function');
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

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A record whose fields can be set. */
type RecordInMaking = Mutable<Omit<DecisionRecord, 'input' | 'result'>> & {
  readonly input: Mutable<DecisionRecordInput>;
  readonly result: Mutable<Omit<DecisionRecordResult, 'permissions'>> & {
    readonly permissions: DecisionRecordResult['permissions'][number][];
  };
};

class Recorder {
  readonly #options: DecisionLogOptions;
  readonly #labels: Readonly<Record<string, string>> | undefined;
  readonly #maxPermissions: number;
  #lastTime = Number.NaN;
  #lastTimestamp = '';
  readonly #counts = { allowed: 0, denied: 0, unauthenticated: 0, refused: 0, lost: 0 };

  constructor(options: DecisionLogOptions) {
    const { labels, maxPermissions = DEFAULT_PERMISSIONS } = options;
    this.#options = options;
    this.#labels = labels === undefined ? undefined : Object.freeze({ ...labels });
    this.#maxPermissions = maxPermissions;
  }

  get counts(): DecisionCounts {
    return { ...this.#counts };
  }

  decided({ decision, operation, time }: GateDecision): void {
    const { allowed } = decision;
    this.#counts[allowed ? 'allowed' : 'denied'] += 1;
    try {
      const record = this.#newRecord(time, 'feast_permissions/decision', operation);
      record.bundles = { registry: { revision: decision.version } };
      this.#describeQuestion(record.input, decision);
      this.#describeAnswer(record.result, decision);
      this.#pass(record, allowed);
    } catch {
      this.#lose();
    }
  }

  refused({ code, rule, operation, time }: GateRefusal): void {
    this.#counts[isUnauthenticated(code) ? 'unauthenticated' : 'refused'] += 1;
    try {
      const record = this.#newRecord(time, 'feast_permissions/refusal', operation);
      record.error = { code, message: rule };
      this.#pass(record, false);
    } catch {
      this.#lose();
    }
  }

  #pass(record: DecisionRecord, allowed: boolean): void {
    const { sink, shape } = this.#options;
    const written: unknown = sink(shape === 'feast' ? toFeastAuditRecord(record) : record, allowed);
    if (written instanceof Promise) written.catch(() => this.#lose());
  }

  #lose(): void {
    this.#counts.lost += 1;
  }

  // Fields are set one by one: spreading objects took longer than all else of a record.
  #newRecord(
    time: number,
    path: DecisionRecord['path'],
    operation: string | undefined,
  ): RecordInMaking {
    const record: RecordInMaking = {
      decision_id: crypto.randomUUID(),
      timestamp: this.#timestamp(time),
      path,
      input: {},
      result: { allowed: false, reason: 'refused', permissions: [], permission_count: 0 },
    };
    if (operation !== undefined) record.input.operation = operation;
    if (this.#labels !== undefined) record.labels = this.#labels;
    const span = this.#options.activeSpan?.();
    if (span !== undefined && TRACE_ID.test(span.traceId) && SPAN_ID.test(span.spanId)) {
      record.trace_id = span.traceId;
      record.span_id = span.spanId;
    }
    return record;
  }

  #describeQuestion(
    input: RecordInMaking['input'],
    { subject, actions, resource }: GateDecision['decision'],
  ): void {
    const { project = null, type, name } = resource;
    input.subject = this.#subjectOf(subject);
    input.actions = actions;
    input.resource = { project, type, name };
  }

  #describeAnswer(
    result: RecordInMaking['result'],
    { allowed, reason, permissions }: GateDecision['decision'],
  ): void {
    result.allowed = allowed;
    result.reason = reason;
    result.permission_count = permissions.length;
    for (const { project = null, name, granted } of permissions) {
      if (result.permissions.length >= this.#maxPermissions) break;
      result.permissions.push({ project, name, granted });
    }
  }

  /** Many decisions fall into one millisecond. */
  #timestamp(time: number): string {
    if (time !== this.#lastTime) {
      this.#lastTime = time;
      this.#lastTimestamp = new Date(time).toISOString();
    }
    return this.#lastTimestamp;
  }

  #subjectOf(subject: Subject | null): NonNullable<DecisionRecord['input']['subject']> | null {
    if (subject === null) return null;
    const { username, roles = [] } = subject;
    return this.#options.roles === true ? { username, roles: [...roles] } : { username };
  }
}
