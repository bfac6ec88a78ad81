import { iamPolicyKind } from '../iam/index.js';
import type { ServicesFileReader } from './file-reader.js';

/** An identity policy of AWS, of which its own rules say what is wrong. */
export const iamPolicyReader: ServicesFileReader = {
  kind: iamPolicyKind.kind,
  detect: (value) => iamPolicyKind.detect(value),
  read: (value, { name, collector }) => {
    for (const finding of iamPolicyKind.read(value, name).findings)
      collector.facts.findings.push(finding);
  },
};
