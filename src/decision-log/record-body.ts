import type { GateDecision, GateRefusal } from '../gate/index.js';
import type { Subject } from '../model/index.js';
import type {
  DecisionRecord,
  DecisionRecordInput,
  DecisionRecordResult,
} from './decision-record.js';

/** What a record says, besides which one it is: the same whenever the same is decided. */
export interface RecordBody extends Pick<DecisionRecord, 'path' | 'input' | 'result'> {
  readonly bundles: DecisionRecord['bundles'] | undefined;
  readonly labels: DecisionRecord['labels'] | undefined;
  readonly error: DecisionRecord['error'] | undefined;
}

/** What tells a record from all others. */
export interface RecordHead {
  readonly id: string;
  readonly timestamp: string;
  readonly span: { readonly traceId: string; readonly spanId: string } | undefined;
}

// Members are set one by one: spreading objects took longer than all else of a record.
/** A whole record. */
export function decisionRecord(
  { id, timestamp, span }: RecordHead,
  { path, input, result, labels, bundles, error }: RecordBody,
): DecisionRecord {
  const record: Mutable<DecisionRecord> = { decision_id: id, timestamp, path, input, result };
  if (labels !== undefined) record.labels = labels;
  if (bundles !== undefined) record.bundles = bundles;
  if (error !== undefined) record.error = error;
  if (span === undefined) return record;
  record.trace_id = span.traceId;
  record.span_id = span.spanId;
  return record;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What is recorded of a decision. */
export interface BodyOptions {
  readonly roles: boolean;
  readonly maxPermissions: number;
  readonly labels: DecisionRecord['labels'] | undefined;
}

/** The record of a decision. */
export function decisionBody(
  { decision, operation }: Pick<GateDecision, 'decision' | 'operation'>,
  { roles: withRoles, maxPermissions, labels }: BodyOptions,
): RecordBody {
  const { subject, actions, resource, version, allowed, reason, permissions } = decision;
  const { project = null, type, name } = resource;
  const input: Mutable<DecisionRecordInput> = {
    subject: subject && recordedSubject(subject, withRoles),
    actions,
    resource: { project, type, name },
  };
  if (operation !== undefined) input.operation = operation;
  const named: DecisionRecordResult['permissions'][number][] = [];
  for (const { project: own = null, name: permission, granted } of permissions) {
    if (named.length >= maxPermissions) break;
    named.push({ project: own, name: permission, granted });
  }
  return {
    path: 'feast_permissions/decision',
    input,
    result: { allowed, reason, permissions: named, permission_count: permissions.length },
    bundles: { registry: { revision: version } },
    labels,
    error: undefined,
  };
}

/** The record of a request that was refused before a decision. */
export function refusalBody(
  { code, rule, operation }: Pick<GateRefusal, 'code' | 'rule' | 'operation'>,
  { labels }: BodyOptions,
): RecordBody {
  return {
    path: 'feast_permissions/refusal',
    input: operation === undefined ? {} : { operation },
    result: { allowed: false, reason: 'refused', permissions: [], permission_count: 0 },
    bundles: undefined,
    labels,
    error: { code, message: rule },
  };
}

function recordedSubject(
  { username, roles = [] }: Subject,
  withRoles: boolean,
): NonNullable<DecisionRecordInput['subject']> {
  return withRoles ? { username, roles: [...roles] } : { username };
}
