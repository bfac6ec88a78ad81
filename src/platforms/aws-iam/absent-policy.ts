import type { PolicyDocument } from './policy-document.js';

/** A policy that is attached to a user, group or role, and whose document is not at hand. */
export interface AbsentPolicy {
  /** ARN of a managed policy, or the name of what else is missing. */
  readonly id: string;
  /** How to get the document, for people; without a final period. */
  readonly fix: string;
}

const ABSENT = Symbol('absent policy');

/** Stands in place of a document: what it allows and denies is unknown. */
export function absentDocument(absence: AbsentPolicy): unknown {
  return Object.freeze({ [ABSENT]: absence });
}

/** What is missing; `undefined` if `document` is one. */
export function absenceOf(document: unknown): AbsentPolicy | undefined {
  if (typeof document !== 'object' || document === null || !(ABSENT in document)) return undefined;
  return document[ABSENT] as AbsentPolicy;
}

/** A policy of which nothing is known: it may allow and deny everything. */
export function readAbsent({ fix }: AbsentPolicy, policy: number, name: string): PolicyDocument {
  return {
    name,
    statements: [],
    mayDeny: [{ policy, statement: 0 }],
    isAbsent: true,
    isAccepted: true,
    problems: [{ kind: 'absent', message: `is attached and not in the files: ${fix}` }],
  };
}

/** A managed policy that a file refers to by its ARN. */
export function absentManagedPolicy(arn: string): AbsentPolicy {
  const fix = `add the output of \`aws iam get-policy-version --policy-arn ${arn} --version-id VERSION\` as \`{"path": "${arn}", "body": …}\``;
  return { id: arn, fix };
}
