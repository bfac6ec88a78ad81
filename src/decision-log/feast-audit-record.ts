import type { DecisionRecord } from './decision-record.js';
import type { RecordBody, RecordHead } from './record-body.js';

/**
 * A record in the shape of the audit log of Feast 0.67, for tools that read that. What Feast's log
 * leaves empty is filled in: the principal, the name of the resource, and the true outcome of a
 * refusal.
 *
 * @source Feast 0.67.0, feast/audit/audit_logger.py, `AuditEvent`
 */
export interface FeastAuditRecord {
  readonly event_type: 'authz.decision' | 'authn.failure' | 'http.request';
  readonly timestamp: string;
  /** The `decision_id`. */
  readonly request_id: string;
  readonly trace_id?: string;
  readonly span_id?: string;
  readonly principal: {
    /** Empty: anonymous, or unknown. */
    readonly username: string;
    readonly roles: readonly string[];
    readonly auth_type: string;
  };
  readonly source: { readonly ip: string; readonly transport: string };
  readonly action: { readonly mcp_tool: string; readonly path: string };
  readonly resource: {
    readonly type: string;
    readonly name: string;
    readonly actions: readonly string[];
  };
  readonly outcome: 'success' | 'failure';
  readonly detail: string;
}

const UNAUTHENTICATED: ReadonlySet<string> = new Set([
  'ERR_IDENTITY_MISSING',
  'ERR_IDENTITY_INVALID',
]);

/** Whether a code says that the caller is not known: 401. */
export function isUnauthenticated(code: string): boolean {
  return UNAUTHENTICATED.has(code);
}

/** What such a record says, besides which one it is. */
export type FeastAuditBody = Omit<
  FeastAuditRecord,
  'request_id' | 'timestamp' | 'trace_id' | 'span_id'
>;

/** Says the same in the shape of Feast's audit log. What the gate does not know stays empty. */
export function toFeastAuditBody({ input, result, error }: RecordBody): FeastAuditBody {
  const { operation = '', subject, actions = [], resource } = input;
  const { username = '', roles = [] } = subject ?? {};
  return {
    event_type: eventType(error?.code),
    principal: { username, roles, auth_type: '' },
    source: { ip: '', transport: '' },
    action: { mcp_tool: '', path: operation },
    resource: { type: resource?.type ?? '', name: resource?.name ?? '', actions },
    outcome: result.allowed ? 'success' : 'failure',
    detail: error === undefined ? detailOf(result) : `${error.code}: ${error.message}`,
  };
}

/** A whole record. */
export function feastAuditRecord(
  { id, timestamp, span }: RecordHead,
  body: FeastAuditBody,
): FeastAuditRecord {
  const { event_type, principal, source, action, resource, outcome, detail } = body;
  const head = { event_type, timestamp, request_id: id };
  const traced = span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
  return { ...head, ...traced, principal, source, action, resource, outcome, detail };
}

function eventType(code: string | undefined): FeastAuditRecord['event_type'] {
  if (code === undefined) return 'authz.decision';
  return isUnauthenticated(code) ? 'authn.failure' : 'http.request';
}

function detailOf({ reason, permissions }: DecisionRecord['result']): string {
  const names = permissions.map(({ name }) => name).join(', ');
  return names === '' ? reason : `${reason}: ${names}`;
}
