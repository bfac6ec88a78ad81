import { findNearest } from '../../foundation/did-you-mean.js';
import { isPlainObject, quote } from '../../model/index.js';
import { unknownPrincipalTypes } from './aws-names.js';
import { checkCondition } from './read-condition.js';
import { reportUnknown, type StatementContext, suggest } from './statement-context.js';
import { isTemplateValue } from './template-values.js';

type Members = Readonly<Record<string, unknown>>;

const ELEMENTS: readonly string[] = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
];
const PRINCIPALS: readonly string[] = ['Principal', 'NotPrincipal'];

/** What a statement has beside what it says of actions and resources. */
export interface ElementsCheck {
  readonly isSound: boolean;
  /** Elements that are reported already: those that unknown ones most likely stand for. */
  readonly meant: ReadonlySet<string>;
}

/** Checks the elements of a statement, but for the entries of its actions and resources. */
export function checkElements(value: Members, context: StatementContext): ElementsCheck {
  const { report } = context;
  const meant = new Set<string>();
  const unknown = Object.keys(value).filter((element) => !ELEMENTS.includes(element));
  for (const element of unknown) {
    const nearest = findNearest(element, ELEMENTS);
    const isFree = nearest !== undefined && isElementFree(value, nearest) && !meant.has(nearest);
    if (isFree) meant.add(nearest);
    report('malformed', `has an unknown element ${quote(element)}${explain(nearest, isFree)}`);
  }
  const principal = PRINCIPALS.find((element) => value[element] !== undefined);
  if (principal !== undefined) {
    report(
      'principal',
      `names a \`${principal}\`, which a policy of a user, group or role may not`,
    );
    const given = value[principal];
    if (isPlainObject(given)) reportUnknown(unknownPrincipalTypes(Object.keys(given)), report);
    // A trust policy has no resource: one that is added would spoil it.
    for (const element of ['Action', 'Resource']) meant.add(element);
  }
  const sid = value['Sid'];
  // A template may compute it.
  const isSidSound = sid === undefined || isSid(sid) || isTemplateValue(sid);
  if (!isSidSound) report('malformed', '`Sid` must be made of letters and digits');
  const isConditionSound =
    value['Condition'] === undefined || checkCondition(value['Condition'], context);
  return {
    isSound: unknown.length === 0 && principal === undefined && isSidSound && isConditionSound,
    meant: new Set(Array.from(meant, (element) => element.replace(/^Not/, ''))),
  };
}

/** The hint must not lead to an element that AWS refuses there. */
function explain(nearest: string | undefined, isFree: boolean): string {
  if (nearest !== undefined && PRINCIPALS.includes(nearest)) {
    return `: AWS has \`${nearest}\`, which a policy of a user, group or role may not have`;
  }
  return suggest(isFree ? nearest : undefined);
}

/** AWS refuses an element and its opposite in one statement. */
function isElementFree(value: Members, element: string): boolean {
  const opposite = element.startsWith('Not') ? element.slice(3) : `Not${element}`;
  return value[element] === undefined && value[opposite] === undefined;
}

/** @source reference_policies_elements_sid.html */
export function isSid(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9]*$/.test(value);
}
