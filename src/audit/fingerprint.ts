import { createHash } from 'node:crypto';
import type { Finding } from './audit-report.js';

/** Hexadecimal digits of a fingerprint: 128 bits, which no crafted name meets by chance or work. */
const DIGITS = 32;

/**
 * A fingerprint for each finding, in the same order. It identifies the rule and the object, and so
 * stays the same from audit to audit while the message, the level and other findings change.
 *
 * Where several findings have one rule and one object, the message tells them apart.
 *
 * @returns strings of 32 hexadecimal digits, all different
 * @example
 * fingerprintFindings(report.findings); // ['3f1c…', …]
 */
export function fingerprintFindings(findings: readonly Finding[]): readonly string[] {
  const keys = findings.map(identify);
  const uses = countOf(keys);
  const exact = keys.map((key, index) =>
    uses.get(key) === 1 ? key : `${key}${JSON.stringify(findings[index]?.message)}`,
  );
  const seen = new Map<string, number>();
  return exact.map((key, index) => {
    if (key === keys[index]) return hash(key);
    const earlier = seen.get(key) ?? 0;
    seen.set(key, earlier + 1);
    return hash(earlier === 0 ? key : `${key}${earlier}`);
  });
}

function identify({ rule, message, resource, permission, object }: Finding): string {
  const parts: (string | null)[] = [rule];
  if (resource !== undefined) {
    parts.push('resource', resource.project, resource.type, resource.name);
  }
  if (permission !== undefined) parts.push('permission', permission.project, permission.name);
  if (object !== undefined) parts.push('object', object);
  // A finding about nothing in particular is identified by what it says.
  if (parts.length === 1) parts.push('message', message);
  return JSON.stringify(parts);
}

function countOf(keys: readonly string[]): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const key of keys) uses.set(key, (uses.get(key) ?? 0) + 1);
  return uses;
}

function hash(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, DIGITS);
}
