export {
  createShadow,
  type Shadow,
  type ShadowCounts,
  type ShadowDifference,
  type ShadowOptions,
} from '../engine/shadow.js';
export {
  type ActiveSpan,
  createDecisionLog,
  type DecisionCounts,
  type DecisionLineSink,
  type DecisionLog,
  type DecisionLogOptions,
  type DecisionSink,
} from './create-decision-log.js';
export {
  type DecisionRecord,
  type DecisionRecordInput,
  type DecisionRecordResult,
  decisionRecordSchema,
} from './decision-record.js';
export type { FeastAuditRecord } from './feast-audit-record.js';
export { type PinoLogger, pinoSink } from './pino-sink.js';
