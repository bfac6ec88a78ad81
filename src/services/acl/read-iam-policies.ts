import { iamPolicyKind } from '../iam/index.js';
import type { ServicesFileReader } from './file-reader.js';

const INSTANCE_PROFILE = /^arn:[^:]+:iam::\d*:instance-profile\//;

/** An identity policy of AWS, of which its own rules say what is wrong; beside the ARN of an instance profile, the policy of that. */
export const iamPolicyReader: ServicesFileReader = {
  kind: iamPolicyKind.kind,
  detect: (value) => iamPolicyKind.detect(value),
  read: (value, { name, path, collector: { facts } }) => {
    const { findings, writes } = iamPolicyKind.read(value, name);
    for (const finding of findings) facts.findings.push(finding);
    if (path !== undefined && INSTANCE_PROFILE.test(path))
      facts.storePolicies.push({ profile: path, writes });
  },
};
