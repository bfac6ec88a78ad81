import {
  type AnyRequirement,
  type Endpoint,
  type FeastServer,
  findEndpoint,
  type RequirementOptions,
  requirementsOf,
  resourcesOf,
} from '../../../src/gate/index.js';
import type { Resource } from '../../../src/model/index.js';
import { type RegistryRelations, readRegistryFile } from '../../../src/registry/index.js';

const contents = await readRegistryFile('examples/credit_scoring/data/registry.db');
export const CREDIT_RELATIONS = contents.relations as RegistryRelations;

export interface Asked {
  readonly endpoint: Endpoint;
  /** One line for each requirement. */
  readonly needs: readonly string[];
}

/** What a request to a server of the project `credit_scoring` needs. */
export function ask(
  server: FeastServer,
  request: string,
  body?: unknown,
  options: RequirementOptions = {},
  feastVersion?: string,
): Asked {
  const [method = '', target = ''] = request.split(' ');
  const [path = '', search] = target.split('?');
  const found = findEndpoint(server, method, path, feastVersion);
  if (found === undefined) throw new Error(`${server} has no ${request}`);
  const { endpoint, params } = found;
  const query = search === undefined ? undefined : new URLSearchParams(search);
  const needs = requirementsOf(endpoint, { body, params, query }, CREDIT_RELATIONS, {
    project: 'credit_scoring',
    ...options,
  });
  return { endpoint, needs: formatNeeds(needs) };
}

/** One line for each requirement. */
export function formatNeeds(needs: readonly AnyRequirement[]): readonly string[] {
  return needs.map(format);
}

function format(requirement: AnyRequirement): string {
  if ('missing' in requirement) return `missing: ${requirement.missing.message}`;
  if ('anyOf' in requirement) return `any of ${requirement.anyOf.map(format).join(', ')}`;
  if ('change' in requirement) {
    const { existing, proposed } = requirement.change;
    return existing
      ? `change ${formatOne(existing)} to ${formatOne(proposed)}`
      : `create ${formatOne(proposed)}`;
  }
  if ('someOf' in requirement) {
    const some = requirement.someOf.map(formatOne).join(' ');
    return `some ${[requirement.actions].flat().join('+')} ${some}`;
  }
  const suffix = 'described' in requirement ? ' as described' : '';
  const list = resourcesOf(requirement).map(formatOne).join(' ');
  return `${[requirement.actions].flat().join('+')} ${list}${suffix}`;
}

function formatOne({ type, name, project }: Resource): string {
  return `${type}:${project === 'credit_scoring' ? '' : `${project}/`}${name}`;
}
