import { isPlainObject } from '../../model/index.js';
import { unknownConditionKey, unknownOperator } from './aws-names.js';
import { reportUnknown, type StatementContext } from './statement-context.js';
import { isTemplateValue } from './template-values.js';

/**
 * Checks the form of `Condition`, and the names in it.
 *
 * @returns whether AWS accepts it
 * @source reference_policies_elements_condition.html
 */
export function checkCondition(value: unknown, { report }: StatementContext): boolean {
  if (!isCondition(value)) {
    report('malformed', '`Condition` must map operators to keys and values');
    return false;
  }
  let isSound = true;
  for (const [operator, keys] of Object.entries(value)) {
    const unknown = unknownOperator(operator);
    if (unknown !== undefined) {
      isSound = false;
      reportUnknown([unknown], report, 'malformed');
    }
    for (const key of Object.keys(keys)) {
      const unknownKey = unknownConditionKey(key, 'condition key');
      if (unknownKey === undefined) continue;
      reportUnknown([unknownKey], report);
    }
  }
  return isSound;
}

type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function isCondition(value: unknown): value is Condition {
  if (!isPlainObject(value)) return false;
  return Object.values(value).every(
    (keys) => isPlainObject(keys) && Object.values(keys).every(isConditionValue),
  );
}

function isConditionValue(value: unknown): boolean {
  if (Array.isArray(value))
    return value.every((item) => !Array.isArray(item) && isConditionValue(item));
  if (isTemplateValue(value)) return true;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
