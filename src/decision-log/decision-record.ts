import * as z from 'zod';
import type { DecisionReason } from '../model/index.js';

/**
 * One decision, or one request that was refused before a decision, as plain data. Fields that OPA's
 * decision log has bear its names.
 *
 * Holds no token and no claim. Names of users and resources come from outside: write a record as
 * JSON, never as part of a line of text.
 *
 * @source Open Policy Agent, "Decision Logs"
 */
export interface DecisionRecord {
  /** A UUID. */
  readonly decision_id: string;
  /** In UTC, RFC 3339 with milliseconds. */
  readonly timestamp: string;
  readonly trace_id?: string;
  readonly span_id?: string;
  /** Those of the log's options. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The version of the registry that was decided on. */
  readonly bundles?: { readonly registry: { readonly revision: string } };
  /** What the record is about. */
  readonly path: 'feast_permissions/decision' | 'feast_permissions/refusal';
  readonly input: DecisionRecordInput;
  readonly result: DecisionRecordResult;
  /** Why a request was refused before a decision. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** The question. A refusal before a decision has an operation at most. */
export interface DecisionRecordInput {
  /** Such as `POST /push`; missing: unknown. */
  readonly operation?: string;
  /** Null: the anonymous user. */
  readonly subject?: { readonly username: string; readonly roles?: readonly string[] } | null;
  readonly actions?: readonly string[];
  /** As decided on, without its tags. */
  readonly resource?: {
    readonly project: string | null;
    readonly type: string;
    readonly name: string;
  };
}

/** The answer. */
export interface DecisionRecordResult {
  readonly allowed: boolean;
  /** `refused`: before a decision. */
  readonly reason: DecisionReason | 'refused';
  /** The first of the permissions that decided. */
  readonly permissions: readonly {
    readonly project: string | null;
    readonly name: string;
    readonly granted: boolean;
  }[];
  /** The number of all permissions that decided. */
  readonly permission_count: number;
}

const text = z.string();
const nullableText = z.union([z.string(), z.null()]);

const recordSchema = z
  .strictObject({
    decision_id: z.uuid(),
    timestamp: z.iso.datetime({ precision: 3 }),
    trace_id: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .optional(),
    span_id: z
      .string()
      .regex(/^[0-9a-f]{16}$/)
      .optional(),
    labels: z.record(z.string(), z.string()).optional(),
    bundles: z
      .strictObject({ registry: z.strictObject({ revision: text }) })
      .optional()
      .describe('The version of the registry that was decided on.'),
    path: z.enum(['feast_permissions/decision', 'feast_permissions/refusal']),
    input: z.strictObject({
      operation: text.optional().describe('Such as `POST /push`.'),
      subject: z
        .union([
          z.strictObject({ username: text, roles: z.array(text).optional() }),
          z.null().describe('The anonymous user.'),
        ])
        .optional(),
      actions: z.array(text).min(1).optional(),
      resource: z.strictObject({ project: nullableText, type: text, name: text }).optional(),
    }),
    result: z.strictObject({
      allowed: z.boolean(),
      reason: z
        .enum([
          'granted',
          'denied',
          'unsecured',
          'no-permissions',
          'unknown-project',
          'no-auth',
          'refused',
        ])
        .describe('`refused`: before a decision.'),
      permissions: z
        .array(z.strictObject({ project: nullableText, name: text, granted: z.boolean() }))
        .describe('The first of the permissions that decided.'),
      permission_count: z.int().min(0).describe('The number of all permissions that decided.'),
    }),
    error: z
      .strictObject({ code: text, message: text })
      .optional()
      .describe('Why a request was refused before a decision.'),
  })
  .describe('One decision, or one request that was refused before a decision.');

/** The JSON Schema (draft 2020-12) of a {@link DecisionRecord}. */
export function decisionRecordSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(recordSchema);
  return { $schema, title: 'Decision log of feast-permissions', ...rest };
}
