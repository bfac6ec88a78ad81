import type { WildcardPattern } from './wildcard-pattern.js';

/** What a statement does to the actions and resources that it applies to. */
export type Effect = 'Allow' | 'Deny';

/** An action as a policy names it. */
export interface ActionPattern {
  /** As written. */
  readonly source: string;
  /** In small letters; `*`: every service. */
  readonly service: string;
  /** The actions of DynamoDB that it stands for, without `dynamodb:`. */
  readonly names: ReadonlySet<string>;
}

/** A resource as a policy names it. */
export interface ResourcePattern {
  /** As written. */
  readonly source: string;
  /**
   * The service of its ARN; `*`: the pattern is `*` and stands for everything; empty: a template
   * fills it in.
   */
  readonly service: string;
  readonly arn: WildcardPattern;
}

/** The value of `Action` or, where `negated`, of `NotAction`; of resources likewise. */
export interface PatternList<Pattern> {
  readonly negated: boolean;
  readonly patterns: readonly Pattern[];
}

/** Which statement of which policy something is said of. Both count from 0. */
export interface StatementReference {
  readonly policy: number;
  readonly statement: number;
  readonly sid?: string;
}

/** A statement that is understood. */
export interface Statement {
  readonly reference: StatementReference;
  readonly effect: Effect;
  readonly actions: PatternList<ActionPattern>;
  readonly resources: PatternList<ResourcePattern>;
  /** Whether it applies only where conditions are met, which are unknown before the request. */
  readonly conditional: boolean;
  /** Milliseconds since 1970, from which on its conditions can never be met; left out: no end. */
  readonly endsAt?: number;
}

/** What is wrong with a document. AWS refuses one that is malformed or has a principal. */
export interface PolicyProblem {
  readonly kind:
    | 'malformed'
    | 'principal'
    | 'absent'
    | 'literal-variable'
    | 'unknown-action'
    | 'unknown-name';
  /** A sentence without a final period, about the statement or the document. */
  readonly message: string;
  /** Where the problem is that of one statement. */
  readonly reference?: StatementReference;
}

/** A policy document, as far as it is understood. */
export interface PolicyDocument {
  /** What people call it. */
  readonly name: string;
  readonly statements: readonly Statement[];
  /** Whether something that is not understood may deny anything: a statement, or the whole. */
  readonly mayDeny: readonly StatementReference[];
  /** Whether the document is not at hand: what it allows and denies is unknown. */
  readonly isAbsent?: boolean;
  /** Whether AWS stores it. */
  readonly isAccepted: boolean;
  /** The first hundred. */
  readonly problems: readonly PolicyProblem[];
}
