import { createHash } from 'node:crypto';
import { runInSlices } from '../foundation/time-slices.js';
import { isExcludedPermission } from '../model/index.js';
import type { RegistryContents } from '../registry/index.js';

type Decisive = Pick<RegistryContents, 'projects' | 'permissions' | 'resources'>;

const ITEMS_PER_STEP = 256;

/**
 * A digest of what decisions depend on: projects, permissions and resources. A registry that was
 * only touched, as by a materialization, has the digest that it had before.
 */
export async function digestContents(contents: Decisive): Promise<string> {
  return await runInSlices(digestInSteps(contents), Number.POSITIVE_INFINITY);
}

function* digestInSteps({
  projects,
  permissions,
  resources,
}: Decisive): Generator<undefined, string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(projects));
  for (const list of [permissions, resources]) {
    hash.update(`\n${list.length}\n`);
    for (let start = 0; start < list.length; start += ITEMS_PER_STEP) {
      hash.update(
        list
          .slice(start, start + ITEMS_PER_STEP)
          .map(lineOf)
          .join('\n'),
      );
      yield;
    }
  }
  return hash.digest('hex');
}

function lineOf(item: Decisive['permissions'][number] | Decisive['resources'][number]): string {
  if (!('excluded' in item && isExcludedPermission(item))) return JSON.stringify(item);
  const { excluded, ...rest } = item;
  return JSON.stringify({ ...rest, excluded: excluded.map(({ message }) => message) });
}
