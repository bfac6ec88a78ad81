import { z } from 'zod';
import { checkShape } from './check-shape.js';
import type { ReadContext, ServicesFileReader } from './file-reader.js';

const served = z.array(z.looseObject({ instance_profile_arn: z.string().nullish() })).nullish();

/** What a served model runs as. */
export const servingConfig = z.looseObject({ served_entities: served, served_models: served });

const endpoint = z.looseObject({
  id: z.string().min(1),
  name: z.string().min(1),
  config: servingConfig.nullish(),
  pending_config: servingConfig.nullish(),
});

/**
 * One serving endpoint, or the list of all. Permissions know an endpoint by its id; this says its name.
 *
 * @source Databricks REST API reference, "Serving endpoints"
 */
export const servingEndpointsReader: ServicesFileReader = {
  kind: 'serving-endpoints',
  detect: (value) =>
    Array.isArray(value['endpoints']) ||
    (typeof value['name'] === 'string' && typeof value['id'] === 'string' && 'config' in value),
  read(value, context) {
    const list = Array.isArray(value['endpoints']) ? value['endpoints'] : [value];
    for (const { id, name, config, pending_config } of checkShape(
      z.array(endpoint),
      list,
      context.name,
    )) {
      addServingEndpoint(context, id, name, [config, pending_config]);
    }
  },
};

/** Notes a serving endpoint, and the instance profiles that look features up for it. */
export function addServingEndpoint(
  { collector }: ReadContext,
  id: string,
  name: string,
  configs: readonly (z.output<typeof servingConfig> | null | undefined)[],
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
