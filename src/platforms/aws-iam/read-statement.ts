import { findNearest } from '../../foundation/did-you-mean.js';
import { isPlainObject } from '../../model/index.js';
import { checkElements } from './check-elements.js';
import { endOfCondition } from './expired-condition.js';
import type { Effect, PatternList, Statement } from './policy-document.js';
import { readAction } from './read-action.js';
import { readResource } from './read-resource.js';
import { type StatementContext, suggest } from './statement-context.js';
import { isTemplateValue, readTemplateText } from './template-values.js';

const EFFECTS: readonly Effect[] = ['Allow', 'Deny'];

/** A statement, or what it may do where it is not understood. */
export type StatementReading =
  | { readonly statement: Statement }
  | { readonly statement: undefined; readonly mayDeny: boolean };

/**
 * Reads one statement of an identity policy.
 *
 * What is not understood allows nothing, and may deny: invalid entries of `Action` and `Resource`
 * are left out of an `Allow`; anything else makes the whole statement one that is not understood.
 *
 * @source docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function readStatement(value: unknown, context: StatementContext): StatementReading {
  const { report, reference } = context;
  if (!isPlainObject(value)) {
    report('malformed', 'is not an object');
    return { statement: undefined, mayDeny: true };
  }
  if (isTemplateValue(value)) {
    report('malformed', 'is computed by its template; check the policy as it is deployed');
    return { statement: undefined, mayDeny: true };
  }
  const effect = readEffect(value['Effect']);
  const notUnderstood = { statement: undefined, mayDeny: effect !== 'Allow' } as const;
  const { isSound, meant } = checkElements(value, context);
  if (effect === undefined && !meant.has('Effect')) {
    report(
      'malformed',
      `\`Effect\` must be \`Allow\` or \`Deny\`${suggestEffect(value['Effect'])}`,
    );
  }
  const actions = readList(value, 'Action', (source) => readAction(source, context));
  const resources = readList(value, 'Resource', (source) => readResource(source, context));
  for (const [element, list] of [
    ['Action', actions],
    ['Resource', resources],
  ] as const) {
    if (list !== undefined || (meant.has(element) && !hasList(value, element))) continue;
    report('malformed', `needs \`${element}\` or \`Not${element}\`, with a text or a list of them`);
  }
  if (!isSound || effect === undefined) return notUnderstood;
  if (actions === undefined || resources === undefined) return notUnderstood;
  if (isWidened(actions, effect) || isWidened(resources, effect)) return notUnderstood;
  const conditional = value['Condition'] !== undefined && !isEmptyObject(value['Condition']);
  const endsAt = endOfCondition(value['Condition']);
  return {
    statement: {
      reference,
      effect,
      conditional,
      ...(endsAt !== undefined && { endsAt }),
      actions: actions.list,
      resources: resources.list,
    },
  };
}

interface ListReading<Pattern> {
  readonly list: PatternList<Pattern>;
  readonly isComplete: boolean;
}

/** Whether what was left out of a list makes a statement reach further, or deny less. */
function isWidened({ list, isComplete }: ListReading<unknown>, effect: Effect): boolean {
  return !isComplete && (list.negated || effect === 'Deny');
}

/**
 * `undefined` for a missing list, two lists, an empty list or a list of other things than strings.
 */
function readList<Pattern>(
  value: Readonly<Record<string, unknown>>,
  element: 'Action' | 'Resource',
  read: (source: string) => Pattern | undefined,
): ListReading<Pattern> | undefined {
  const negated = value[`Not${element}`] !== undefined;
  if (negated && value[element] !== undefined) return undefined;
  const given = value[negated ? `Not${element}` : element];
  const sources: readonly unknown[] = Array.isArray(given) ? given : [given];
  const texts = sources.map(readTemplateText).filter((text) => text !== undefined);
  if (texts.length === 0 || texts.length < sources.length) return undefined;
  const patterns = texts.map(read).filter((pattern) => pattern !== undefined);
  return { list: { negated, patterns }, isComplete: patterns.length === texts.length };
}

function readEffect(value: unknown): Effect | undefined {
  return value === 'Allow' || value === 'Deny' ? value : undefined;
}

function hasList(value: Readonly<Record<string, unknown>>, element: string): boolean {
  return value[element] !== undefined || value[`Not${element}`] !== undefined;
}

function suggestEffect(effect: unknown): string {
  return typeof effect === 'string' ? suggest(findNearest(effect, EFFECTS)) : '';
}

function isEmptyObject(value: unknown): boolean {
  return isPlainObject(value) && Object.keys(value).length === 0;
}
