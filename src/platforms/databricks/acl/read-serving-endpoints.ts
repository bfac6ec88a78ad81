import * as z from 'zod';
import { checkShape } from './check-shape.js';
import type { ReadContext, ServicesFileReader } from './file-reader.js';

type Served = readonly { readonly instance_profile_arn?: string | null | undefined }[];

/** What served models run as. */
export interface ServingConfig {
  readonly served_entities?: Served | null | undefined;
  readonly served_models?: Served | null | undefined;
}

const served = z.array(z.looseObject({ instance_profile_arn: z.string().nullish() })).nullish();

export const servingConfig: z.ZodType<ServingConfig> = z.looseObject({
  served_entities: served,
  served_models: served,
});

const endpoint = z.looseObject({
  // What Databricks itself offers to all has none, and no permissions.
  id: z.string().nullish(),
  name: z.string().min(1),
  config: servingConfig.nullish(),
  pending_config: servingConfig.nullish(),
});

/**
 * One serving endpoint, or the list of all. Permissions know an endpoint by its id; this says its
 * name.
 *
 * @source Databricks REST API reference, "Serving endpoints"
 */
export const servingEndpointsReader: ServicesFileReader = {
  kind: 'serving-endpoints',
  detect: (value) =>
    Array.isArray(value['endpoints']) ||
    (typeof value['name'] === 'string' &&
      typeof value['id'] === 'string' &&
      ('config' in value || 'pending_config' in value)),
  read(value, context) {
    const list = Array.isArray(value['endpoints']) ? value['endpoints'] : [value];
    for (const { id, name, config, pending_config } of checkShape(
      z.array(endpoint),
      list,
      context.name,
    )) {
      if (id) addServingEndpoint(context, id, name, [config, pending_config]);
    }
  },
};

/** Notes a serving endpoint, and the instance profiles that look features up for it. */
export function addServingEndpoint(
  { collector }: ReadContext,
  id: string,
  name: string,
  configs: readonly (ServingConfig | null | undefined)[],
): void {
  collector.addResource('ServingEndpoint', id, { endpoint_name: name });
  const entities = configs.flatMap((config) => [
    ...(config?.served_entities ?? []),
    ...(config?.served_models ?? []),
  ]);
  const arns = new Set(entities.flatMap((one) => one.instance_profile_arn || []));
  for (const arn of arns) {
    collector.facts.instanceProfiles.push({ arn, use: 'lookup', by: `serving endpoint ${name}` });
  }
}
