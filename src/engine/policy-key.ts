import { isPlainObject, type PolicyData } from '../model/index.js';

/**
 * A key that equal policies share: their JSON, or the policy itself if JSON would lose a
 * difference.
 */
export function policyKey(policy: PolicyData): unknown {
  return isJson(policy) ? JSON.stringify(policy) : policy;
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  return isPlainObject(value) && Object.values(value).every(isJson);
}
