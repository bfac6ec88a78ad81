import * as z from 'zod';
import { checkShape } from './check-shape.js';
import type { ReadContext, ServicesFileReader } from './file-reader.js';

const profile = z.looseObject({ instance_profile_arn: z.string().nullish() }).nullish();
const served = z
  .array(
    z.looseObject({
      instance_profile_arn: z.string().nullish(),
      external_model: z.looseObject({ amazon_bedrock_config: profile }).nullish(),
    }),
  )
  .nullish();
/** What served models run as. */
const servingConfig = z.looseObject({ served_entities: served, served_models: served }).nullish();

const endpoint = z.looseObject({
  // What Databricks itself offers to all has none, and no permissions.
  id: z.string().nullish(),
  name: z.string().min(1),
  config: servingConfig,
  pending_config: servingConfig,
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
      ('config' in value ||
        'pending_config' in value ||
        'creation_timestamp' in value ||
        'state' in value)),
  read(value, context) {
    const list = Array.isArray(value['endpoints']) ? value['endpoints'] : [value];
    for (const { id, name, config, pending_config } of checkShape(
      z.array(endpoint),
      list,
      context.name,
    )) {
      if (!id) continue;
      const arns = [config, pending_config].flatMap((one) => [
        ...(one?.served_entities ?? []),
        ...(one?.served_models ?? []),
      ]);
      addServingEndpoint(context, id, name, new Set(arns.flatMap(profilesOf)));
    }
  },
};

function profilesOf({
  instance_profile_arn: own,
  external_model: external,
}: NonNullable<z.output<typeof served>>[number]): readonly string[] {
  return [own, external?.amazon_bedrock_config?.instance_profile_arn].flatMap((arn) => arn || []);
}

/**
 * Notes a serving endpoint, and the instance profiles that look features up for it.
 *
 * @param arns of the profiles, each once
 */
export function addServingEndpoint(
  { collector }: ReadContext,
  id: string,
  name: string,
  arns: ReadonlySet<string>,
): void {
  collector.addResource('ServingEndpoint', id, { endpoint_name: name });
  for (const arn of arns) {
    collector.facts.instanceProfiles.push({ arn, use: 'lookup', by: `serving endpoint ${name}` });
  }
}
