import { type AuditOptions, type AuditReport, auditSnapshot } from '../../src/audit/index.js';
import { prepareSnapshot, type Snapshot, type SnapshotOptions } from '../../src/engine/index.js';
import type { FeastVocabulary } from '../../src/model/index.js';
import { loadFeatureStore } from '../../src/registry/index.js';

/** Compiles as the command line does: what is not understood is excluded. */
export async function snapshotOf(options: SnapshotOptions): Promise<Snapshot<FeastVocabulary>> {
  return await prepareSnapshot({ ...options, onUnsupportedPattern: 'exclude' });
}

/** Audits permissions and resources that a test makes up. */
export async function auditOf(
  options: SnapshotOptions,
  auditOptions: AuditOptions = {},
): Promise<AuditReport> {
  return auditSnapshot(await snapshotOf(options), auditOptions);
}

/** Audits a feature store, or a registry file. */
export async function auditStore(path: string, project?: string): Promise<AuditReport> {
  const { config, snapshotOptions } = await loadFeatureStore(path, { project });
  return await auditOf(snapshotOptions, { project, auth: config?.auth });
}
