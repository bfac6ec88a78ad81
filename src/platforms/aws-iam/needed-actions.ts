import {
  type PolicyAnswer,
  type PolicyDecision,
  type PolicyEvaluator,
  worstAnswer,
} from './evaluate.js';
import { DYNAMODB_ACTIONS } from './gen/dynamodb-actions.js';
import { neededResources, type TableResources } from './table-resources.js';

/** The answer for one needed action. */
export interface ActionAnswer {
  /** With `dynamodb:`. */
  readonly action: string;
  /** The worst of those for its resources. */
  readonly answer: PolicyAnswer;
  readonly resources: readonly ResourceAnswer[];
}

/** The answer for an action on one resource, with the statements that decided. */
export interface ResourceAnswer extends PolicyDecision {
  /** ARN. */
  readonly resource: string;
}

/** An answer for each needed action, in the order of their names. */
export function answerNeeds(
  evaluator: PolicyEvaluator,
  needed: ReadonlySet<string>,
  tables: readonly TableResources[],
): readonly ActionAnswer[] {
  return DYNAMODB_ACTIONS.filter(({ name }) => needed.has(name)).map((action) => {
    const resources = tables
      .flatMap((table) => neededResources(action, table))
      .map((resource) => ({
        resource,
        ...evaluator.decide(action.name, { text: resource, open: false }),
      }));
    const answer = worstAnswer(resources.map((resource) => resource.answer));
    return { action: `dynamodb:${action.name}`, answer, resources };
  });
}
