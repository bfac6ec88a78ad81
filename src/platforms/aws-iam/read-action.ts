import { quote } from '../../model/index.js';
import {
  matchActions,
  nearestAction,
  nearestFullAction,
  unknownActionService,
} from './aws-names.js';
import type { ActionPattern } from './policy-document.js';
import { reportUnknown, type StatementContext, suggest } from './statement-context.js';
import { hasTemplateMark, showTemplateText } from './template-values.js';

const ACTION = /^(?<service>[a-z0-9-]+|\*):(?<name>[a-z0-9*?]+)$/;

/**
 * Reads an entry of `Action` or `NotAction`.
 *
 * @param text with marks in place of what a template fills in
 * @source reference_policies_elements_action.html: wildcards are described for the name of an
 *   action, not its service
 */
export function readAction(text: string, { report }: StatementContext): ActionPattern | undefined {
  if (hasTemplateMark(text)) {
    const problem = `names ${quote(showTemplateText(text))}, which its template computes; check the policy as it is deployed`;
    report('malformed', problem);
    return undefined;
  }
  // `*` and `*:*` are the only ones for all services.
  const written = text === '*' ? '*:*' : text;
  const isText = /^[\x21-\x7e]*$/.test(written);
  const parts = isText ? ACTION.exec(written.toLowerCase())?.groups : undefined;
  const service = parts?.['service'];
  const name = parts?.['name'];
  if (service === undefined || name === undefined || (service === '*' && name !== '*')) {
    const problem = `names ${quote(text)}, which is not an action`;
    report('malformed', problem + suggest(nearestFullAction(text)));
    return undefined;
  }
  const names = new Set(service === 'dynamodb' || service === '*' ? matchActions(name) : []);
  if (service === 'dynamodb' && names.size === 0) {
    const action = nearestAction(name);
    const problem = `names ${quote(text)}, which matches no action of DynamoDB`;
    report('unknown-action', problem + suggest(action && `dynamodb:${action}`));
  }
  const unknown = service === '*' ? undefined : unknownActionService(service);
  if (unknown !== undefined) reportUnknown([unknown], report);
  return { source: text, service, names };
}
