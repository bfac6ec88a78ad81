import { isPlainObject, type PolicyData } from '../model/index.js';

/** What tells a policy from others: its text, or the policy itself where it holds what JSON cannot tell apart. */
export function policyKey(policy: PolicyData): unknown {
  return isJson(policy) ? JSON.stringify(policy) : policy;
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  return isPlainObject(value) && Object.values(value).every(isJson);
}
