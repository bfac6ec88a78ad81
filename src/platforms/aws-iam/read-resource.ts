import { quote } from '../../model/index.js';
import { unknownArnNames, unknownConditionKey } from './aws-names.js';
import type { ResourcePattern } from './policy-document.js';
import { reportUnknown, type StatementContext } from './statement-context.js';
import { showTemplateText, startsWithTemplateMark } from './template-values.js';
import { WildcardPattern } from './wildcard-pattern.js';

/** An AWS partition that is not known yet is one; AWS refuses anything else. */
const ARN = /^arn:(?<partition>[^:]+):(?<service>[a-z0-9-]+):/;
const ARN_IN_ANY_CASE = /^\s*arn:(?<partition>[^:]+):(?<service>[a-z0-9-]+):.*$/is;

/**
 * Reads an entry of `Resource` or `NotResource`.
 *
 * @param text with marks in place of what a template fills in
 * @source reference_policies_elements_resource.html: no wildcard in the service of an ARN
 */
export function readResource(
  text: string,
  { report, variables }: StatementContext,
): ResourcePattern | undefined {
  const source = showTemplateText(text);
  const arn = WildcardPattern.read(text, variables);
  const service = serviceOf(text);
  if (arn === undefined || service === undefined) {
    const problem = `names ${quote(source)}, which is neither \`*\` nor the ARN of a resource`;
    report('malformed', problem + suggestArn(text, arn !== undefined));
    return undefined;
  }
  if (text.startsWith('arn:')) reportUnknown(unknownArnNames(text), report);
  if (variables) checkVariables(text, report);
  else if (WildcardPattern.read(text, true)?.hasVariables === true && text.includes('${')) {
    report(
      'literal-variable',
      `names ${quote(source)}, whose variable is plain text before version 2012-10-17`,
    );
  }
  return { source, service, arn };
}

/** The service of an ARN; `*`: everything; an empty text: a template fills it in. */
function serviceOf(text: string): string | undefined {
  if (text === '*') return '*';
  return ARN.exec(text)?.groups?.['service'] ?? (startsWithTemplateMark(text) ? '' : undefined);
}

/** What AWS has in place of a service in capital letters, or with white space around the ARN. */
function suggestArn(text: string, isWhole: boolean): string {
  const { service, partition } = ARN_IN_ANY_CASE.exec(text)?.groups ?? {};
  if (!isWhole || service === undefined || partition === undefined) return '';
  const rest = text.trim().split(':').slice(3).join(':');
  const meant = `arn:${partition.toLowerCase()}:${service.toLowerCase()}:${rest}`;
  return `; did you mean ${quote(showTemplateText(meant))}?`;
}

/** @source reference_policies_variables.html */
function checkVariables(text: string, report: StatementContext['report']): void {
  for (const [, name = ''] of text.matchAll(/\$\{([^},]+)[^}]*\}/g)) {
    if (name === '*' || name === '?' || name === '$') continue;
    const unknown = unknownConditionKey(name.trim(), 'policy variable');
    if (unknown !== undefined) reportUnknown([unknown], report);
  }
}
