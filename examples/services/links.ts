// Links between model registries: put in place, and their tokens renewed in time.
import { readFile } from 'node:fs/promises';
import {
  applyLink,
  parseLinkFile,
  type RegistryLinks,
  rotateLink,
} from 'feast-permissions/databricks/links';

/** Reads the file, and from `env` the secrets that it names. */
export async function openLinks(
  file: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<RegistryLinks> {
  return parseLinkFile(await readFile(file, 'utf8'), { file, env }).connect();
}

/**
 * To be run every day. Says which registries have a new token, and what a person should look at.
 */
export async function keepLinked(links: RegistryLinks): Promise<readonly string[]> {
  await applyLink(links);
  const { changes, plan } = await rotateLink(links);
  const renewed = changes.map(({ workspace }) => `${workspace} has a new token`);
  return [...renewed, ...plan.findings.map(({ message }) => message)];
}
