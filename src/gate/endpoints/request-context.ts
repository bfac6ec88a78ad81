import type { OptionNames } from '../../foundation/options.js';
import type { RegistryRelations } from '../../registry/relations.js';
import type { AnyRequirement } from '../gate.js';
import type { Endpoint } from './endpoint.js';

/** How a request to one of Feast’s endpoints becomes requirements. */
export interface RequirementOptions {
  /** The project that the server serves. Default: the only one of the registry. */
  readonly project?: string | undefined;
  /**
   * Whether reading a feature service also asks for READ_ONLINE on the views that it is made of.
   * Default: `false`, as Feast, where who may read a service may read what it offers.
   */
  readonly checkViews?: boolean | undefined;
  /**
   * What becomes of training data that is asked for with SQL of the caller's own, which the offline
   * store runs as it is. Default: `refuse`, since no permission says what such a query reads.
   */
  readonly entitySql?: 'refuse' | 'allow' | undefined;
  /**
   * What becomes of training data that is asked for with a file of the caller's choice, which the
   * registry server reads with its own rights. Default: `refuse`.
   */
  readonly entityFiles?: 'refuse' | 'allow' | undefined;
  /** As option `hideUnknown` of the gate. Default: `false`. */
  readonly hideUnknown?: boolean | undefined;
}

export const REQUIREMENT_OPTIONS: OptionNames<RequirementOptions> = {
  project: true,
  checkViews: true,
  entitySql: true,
  entityFiles: true,
  hideUnknown: true,
};

/** One request, as the resolvers see it. */
export interface RequestContext {
  readonly endpoint: Endpoint;
  /** Without a prototype. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly relations: RegistryRelations;
  readonly options: RequirementOptions;
}

/** What a request needs, at once or with pauses. */
export type ResolvedRequirements =
  | readonly AnyRequirement[]
  | Generator<undefined, readonly AnyRequirement[]>;

export type Resolver = (request: RequestContext) => ResolvedRequirements;
/** A resolver of what may be many resources. */
export type SlowResolver = (
  request: RequestContext,
) => Generator<undefined, readonly AnyRequirement[]>;
