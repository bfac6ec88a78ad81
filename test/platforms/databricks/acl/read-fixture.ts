import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type FoundSecret,
  parseServicesText,
  type ReadServicesFileOptions,
  readServicesFile,
  type ServicesFile,
} from '../../../../src/platforms/databricks/acl/index.js';

/** The service principals of the fixtures. */
export const READER = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9011';
export const SCORER = '1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9';
/** The serving endpoint of the fixtures. */
export const ENDPOINT = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';

/** Path of a file of services, made by hand. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}

/** Such a file, read. Its secrets go to `secrets` and not into the redaction of the process. */
export function readFixture(name: string, secrets: FoundSecret[] = []): ServicesFile {
  const value = parseServicesText(readFileSync(fixturePath(name), 'utf8'), name);
  return read(value, { name, onSecret: (secret) => secrets.push(secret) });
}

/** A value, read as a file. */
export function read(value: unknown, options: Partial<ReadServicesFileOptions> = {}): ServicesFile {
  return readServicesFile(value, { name: 'file.json', onSecret: () => {}, ...options });
}
