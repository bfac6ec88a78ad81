import { quote } from '../../../model/index.js';
import type { DatabricksResource, DatabricksType } from '../vocabulary/index.js';
import type { ServicesAuditFacts } from './services-rule.js';

const NAMES: Readonly<Record<DatabricksType, string>> = {
  ServingEndpoint: 'serving endpoint',
  RegisteredModel: 'registered model',
  SecretScope: 'secret scope',
  ServiceCredential: 'service credential',
  Tokens: 'use of tokens',
  OnlineStore: 'online store',
};

/**
 * An object for messages, a serving endpoint by its name where a file says it.
 *
 * @param workspace the number of its workspace, if a file says it
 */
export function describeObject(
  { endpointNames }: Pick<ServicesAuditFacts, 'endpointNames'>,
  { type, name }: DatabricksResource,
  workspace?: string,
): string {
  const where = workspace === undefined ? '' : ` of workspace ${workspace}`;
  if (type === 'Tokens') return `the ${NAMES[type]}${where}`;
  if (type === 'RegisteredModel' && name === 'root') return `the whole model registry${where}`;
  const shown = type === 'ServingEndpoint' ? (endpointNames.get(name) ?? name) : name;
  return `${NAMES[type]} ${quote(shown)}${where}`;
}

const DAY_SECONDS = 86_400;

/** `100 days`, or hours where it is less than two days. */
export function describeDuration(seconds: number): string {
  return seconds >= 2 * DAY_SECONDS
    ? `${Math.floor(seconds / DAY_SECONDS)} days`
    : `${Math.floor(seconds / 3600)} hours`;
}
