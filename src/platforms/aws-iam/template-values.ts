import { isPlainObject } from '../../model/index.js';

/** Encloses the name of what a template fills in. AWS allows neither in a policy. */
const OPENING = '\ue000';
const CLOSING = '\ue001';
/** Stands for a colon between them: an ARN is taken apart at its colons. */
const COLON = '\ue002';

/**
 * The text that stands in a policy, with marks in place of what a CloudFormation template fills in.
 *
 * @returns `undefined` if `value` is neither a text nor an intrinsic function
 * @source docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
 */
export function readTemplateText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === undefined) return undefined;
  if (name === 'Fn::Sub') return substitute(Array.isArray(argument) ? argument[0] : argument);
  if (name === 'Fn::Join' && Array.isArray(argument)) return join(argument);
  if (name === 'Ref' && typeof argument === 'string') return mark(argument);
  if (name === 'Fn::GetAtt') {
    const path: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
    if (path.every((part) => typeof part === 'string')) return mark(path.join('.'));
  }
  return mark(name);
}

/** Whether a value is one that a template computes. */
export function isTemplateValue(value: unknown): boolean {
  return intrinsicOf(value) !== undefined;
}

function intrinsicOf(value: unknown): readonly [name: string, argument: unknown] | undefined {
  if (!isPlainObject(value)) return undefined;
  const [only, ...others] = Object.entries(value);
  if (only === undefined || others.length > 0) return undefined;
  return only[0] === 'Ref' || only[0].startsWith('Fn::') ? only : undefined;
}

/** `${!Name}` is the text `${Name}`: a policy variable. */
function substitute(template: unknown): string {
  if (typeof template !== 'string') return mark('Fn::Sub');
  return template.replace(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) =>
    literal === '' ? mark(name.trim()) : `\${${name}}`,
  );
}

function join(argument: readonly unknown[]): string {
  const [delimiter, parts] = argument;
  if (typeof delimiter !== 'string' || !Array.isArray(parts)) return mark('Fn::Join');
  return parts.map((part) => readTemplateText(part) ?? mark('Fn::Join')).join(delimiter);
}

function mark(name: string): string {
  return `${OPENING}${name.replaceAll(':', COLON)}${CLOSING}`;
}

/** Whether a template fills in a part of a text. */
export function hasTemplateMark(text: string): boolean {
  return text.includes(OPENING);
}

/** Whether a template fills in the whole of a text, or its beginning. */
export function startsWithTemplateMark(text: string): boolean {
  return text.startsWith(OPENING);
}

/** The index of the end of a mark that begins at `start`; -1: no mark begins there. */
export function endOfTemplateMark(text: string, start: number): number {
  return text[start] === OPENING ? text.indexOf(CLOSING, start) : -1;
}

/** A text for people: `${Name}` in place of the marks. */
export function showTemplateText(text: string): string {
  return text.replaceAll(OPENING, '${').replaceAll(CLOSING, '}').replaceAll(COLON, ':');
}
