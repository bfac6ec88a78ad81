import { iamPolicyKind } from '../../aws-iam/index.js';
import type { ServicesFileReader } from './file-reader.js';

/** What takes part in signing in at AWS, and has policies. */
const PROFILE = /^arn:[^:]+:iam::\d*:(?:instance-profile|role)\//;

/** An identity policy of AWS, of which its own rules say what is wrong; beside an ARN, the policy of that instance profile or role. */
export const iamPolicyReader: ServicesFileReader = {
  kind: iamPolicyKind.kind,
  detect: (value) => iamPolicyKind.detect(value),
  read: (value, { name, path, collector: { facts } }) => {
    const beside = path !== undefined && PROFILE.test(path) ? path : undefined;
    for (const reading of iamPolicyKind.readAll(value, name)) {
      const { document, findings, writes, principal, profiles = [], isInForce } = reading;
      for (const finding of findings) facts.findings.push(finding);
      // What AWS does not apply neither allows nor denies.
      if (!isInForce) continue;
      const owners = beside === undefined ? [...profiles, principal] : [beside];
      const known = owners.filter((arn) => arn !== undefined && PROFILE.test(arn));
      for (const profile of known.length === 0 ? [undefined] : known) {
        facts.storePolicies.push({ name: reading.name, profile, principal, document, writes });
      }
    }
    if (value['IsTruncated'] === true) facts.pages.push({ file: name });
  },
};
