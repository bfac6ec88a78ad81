import { ConfigInvalidError, quote } from '../../../model/errors.js';

/** One of the clouds of Azure, which share neither tenants nor servers. */
export interface AzureCloud {
  /** The address of Entra. */
  readonly authority: string;
  /** Azure's management, as the resource of a token. Its last slash belongs to it. */
  readonly management: string;
}

/** @source databricks-sdk-py 0.162, `environments.py` */
const CLOUDS = {
  PUBLIC: {
    authority: 'https://login.microsoftonline.com',
    management: 'https://management.core.windows.net/',
  },
  USGOVERNMENT: {
    authority: 'https://login.microsoftonline.us',
    management: 'https://management.core.usgovcloudapi.net/',
  },
  CHINA: {
    authority: 'https://login.chinacloudapi.cn',
    management: 'https://management.core.chinacloudapi.cn/',
  },
} as const satisfies Readonly<Record<string, AzureCloud>>;

type CloudName = keyof typeof CLOUDS;

const ZONES: readonly (readonly [zone: string, cloud: CloudName])[] = [
  ['.azuredatabricks.net', 'PUBLIC'],
  ['.databricks.azure.us', 'USGOVERNMENT'],
  ['.databricks.azure.cn', 'CHINA'],
];

/**
 * The cloud of a workspace: that of its domain, or else the one that `ARM_ENVIRONMENT` names, or
 * else the public one.
 *
 * SECURITY: a client secret goes to the Entra of this cloud and to no other.
 *
 * @param hostname of the workspace
 * @param environment what `ARM_ENVIRONMENT` says: `public`, `usgovernment` or `china`, also as
 *   `AzureChinaCloud`
 * @throws ConfigInvalidError if it names another cloud, or not that of the host
 */
export function azureCloudOf(hostname: string, environment?: string): AzureCloud {
  const ofHost = ZONES.find(([zone]) => hostname.endsWith(zone))?.[1];
  const asked = environment ? readCloud(environment) : undefined;
  if (ofHost !== undefined && asked !== undefined && ofHost !== asked) {
    throw new ConfigInvalidError(
      `\`ARM_ENVIRONMENT\` names another cloud than that of ${quote(hostname)}. Correct one of them`,
    );
  }
  return CLOUDS[ofHost ?? asked ?? 'PUBLIC'];
}

function readCloud(environment: string): CloudName {
  const name = environment
    .toUpperCase()
    .replace(/^AZURE/, '')
    .replace(/CLOUD$/, '');
  if (Object.hasOwn(CLOUDS, name)) return name as CloudName;
  throw new ConfigInvalidError('`ARM_ENVIRONMENT` must be `public`, `usgovernment` or `china`');
}
