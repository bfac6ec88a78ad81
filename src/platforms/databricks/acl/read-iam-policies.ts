import { iamPolicyKind } from '../../aws-iam/index.js';
import type { ServicesFileReader } from './file-reader.js';

/** What takes part in signing in at AWS, and has policies. */
const PROFILE = /^arn:[^:]+:iam::\d*:(?:instance-profile|role)\//;
/** A managed policy, AWS's own included. */
const MANAGED = /^arn:[^:]+:iam::(?:aws|\d*):policy\//;

/** Where a bare array of policies is put: readers take objects. */
const LIST = 'policy_documents';

/** An array of policies, or of answers that hold them, as an object; anything else as it is. */
export function wrapPolicies(value: unknown): unknown {
  return Array.isArray(value) && iamPolicyKind.detect(value) ? { [LIST]: value } : value;
}

function unwrap(value: Readonly<Record<string, unknown>>): unknown {
  return Array.isArray(value[LIST]) ? value[LIST] : value;
}

/**
 * Identity policies of AWS, of which their own rules say what is wrong.
 *
 * Beside the ARN of an instance profile or role they are its policies; beside that of a managed
 * policy they are its document, for whatever it is attached to.
 */
export const iamPolicyReader: ServicesFileReader = {
  kind: iamPolicyKind.kind,
  detect: (value) => iamPolicyKind.detect(unwrap(value)),
  read: (value, { name, path, now, collector: { facts } }) => {
    const beside = path !== undefined && PROFILE.test(path) ? path : undefined;
    const managed = path !== undefined && MANAGED.test(path) ? path : undefined;
    for (const reading of iamPolicyKind.readAll(
      unwrap(value),
      name,
      now === undefined ? {} : { now },
    )) {
      const { document, findings, writes, principal, profiles = [], isInForce, absent } = reading;
      for (const finding of findings) facts.findings.push(finding);
      // What AWS does not apply neither allows nor denies.
      if (!isInForce) continue;
      const owners = beside === undefined ? [...profiles, principal] : [beside];
      const known = owners.filter((arn) => arn !== undefined && PROFILE.test(arn));
      const policy = { name: reading.name, principal, absent, managed, document, writes };
      for (const profile of known.length === 0 ? [undefined] : known) {
        facts.storePolicies.push({ ...policy, profile });
      }
    }
    if (value['IsTruncated'] === true) facts.pages.push({ file: name });
  },
};
