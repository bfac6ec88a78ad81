// Links between model registries from values in code: what they lack, without a change to anything.
import { createEntraProvider, createOAuthM2MProvider } from 'feast-permissions/databricks';
import {
  describeLinkChange,
  planLink,
  type RegistryLinks,
  type RegistryReader,
} from 'feast-permissions/databricks/links';

const HOSTS = {
  dev: 'https://adb-1111111111111111.1.azuredatabricks.net',
  staging: 'https://adb-2222222222222222.2.azuredatabricks.net',
  prod: 'https://adb-3333333333333333.3.azuredatabricks.net',
};

/**
 * @param secretOf gives a client secret by the name of its application, from wherever you keep them
 */
export function registryLinks(secretOf: (application: string) => string): RegistryLinks {
  const admin = (name: keyof typeof HOSTS) => {
    const host = HOSTS[name];
    const clientSecret = secretOf(`${name}-admin`);
    return { host, tokens: createOAuthM2MProvider({ host, clientId: 'ci', clientSecret }) };
  };
  const reader = (name: string, applicationId: string, workspaceId: string): RegistryReader => ({
    applicationId,
    workspaceId,
    tokens: createEntraProvider({
      tenantId: 'example.onmicrosoft.com',
      clientId: applicationId,
      clientSecret: secretOf(`${name}-reader`),
    }),
  });
  return {
    workspaces: { dev: admin('dev'), staging: admin('staging'), prod: admin('prod') },
    readers: {
      staging: reader('staging', '5f0c1c3e-8d2a-4a57-9b0e-6f1d2c3b4a51', '2222222222222222'),
      prod: reader('prod', '5f0c1c3e-8d2a-4a57-9b0e-6f1d2c3b4a52', '3333333333333333'),
    },
    additionalTokenUsageGroups: ['ml-platform'],
  };
}

/** One line for each thing to do or to look at. `applyLink` does what is to be done. */
export async function showPlan(links: RegistryLinks): Promise<readonly string[]> {
  const { blocked, changes, findings } = await planLink(links);
  return [
    ...blocked,
    ...changes.map((change) => `${change.workspace}: ${describeLinkChange(change)}`),
    ...findings.map(({ message }) => message),
  ];
}
