import { iamPolicyKind } from '../../aws-iam/index.js';
import type { ServicesFileReader } from './file-reader.js';

/** What takes part in signing in at AWS, and has policies. */
const PROFILE = /^arn:[^:]+:iam::\d*:(?:instance-profile|role)\//;

/** An identity policy of AWS, of which its own rules say what is wrong; beside an ARN, the policy of that instance profile or role. */
export const iamPolicyReader: ServicesFileReader = {
  kind: iamPolicyKind.kind,
  detect: (value) => iamPolicyKind.detect(value),
  read: (value, { name, path, collector: { facts } }) => {
    const { document, findings, writes } = iamPolicyKind.read(value, name);
    for (const finding of findings) facts.findings.push(finding);
    const profile = path !== undefined && PROFILE.test(path) ? path : undefined;
    facts.storePolicies.push({ name, profile, document, writes });
  },
};
