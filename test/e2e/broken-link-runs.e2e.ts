import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { WorkspaceName } from '../../src/platforms/databricks/links/index.js';
import { applyLink, planLink, rotateLink } from '../../src/platforms/databricks/links/index.js';
import {
  describeWorld,
  type LinkWorld,
  NAMES,
  PLANNED,
  PROD_APP,
  readSecret,
  STAGING_APP,
  startLinkWorld,
  whoHas,
} from '../platforms/databricks/links/link-world.js';
import type { Fault, JournalEntry } from '../support/databricks/index.js';
import { propertyRuns } from '../support/property-runs.js';

let world: LinkWorld;
afterEach(() => world.stop());

/** One request of a run, and how it breaks off. */
interface Cut {
  readonly workspace: WorkspaceName;
  readonly n: number;
  readonly kind: 'kill-before' | 'kill-after';
}

/**
 * Every place in which a run can break off. Where nothing is written, before and after are the
 * same.
 */
async function findCuts(run: () => Promise<unknown>): Promise<readonly Cut[]> {
  const sizes = new Map(NAMES.map((name) => [name, world.workspaces[name].journal.length]));
  await run();
  return NAMES.flatMap((workspace) =>
    world.workspaces[workspace].journal
      .slice(sizes.get(workspace))
      .flatMap(({ method }: JournalEntry, index): readonly Cut[] => {
        const n = index + 1;
        const before: Cut = { workspace, n, kind: 'kill-before' };
        return method === 'GET' ? [before] : [before, { workspace, n, kind: 'kill-after' }];
      }),
  );
}

async function breakAt({ workspace, n, kind }: Cut, run: () => Promise<unknown>): Promise<void> {
  const fault: Fault = { kind };
  world.workspaces[workspace].failAt(n, fault);
  await run().then(
    () => {
      throw new Error(`request ${n} to ${workspace} did not break the run`);
    },
    (error: unknown) => expect(error).toMatchObject({ code: 'ERR_WORKSPACE', status: 0 }),
  );
  world.workspaces[workspace].clearFaults();
}

/** Whether what is stored in all three scopes is accepted as the token of its reader. */
async function storedReaders(): Promise<readonly (string | undefined)[]> {
  const { admins, links } = world;
  const read = async (from: WorkspaceName, to: 'staging' | 'prod') =>
    whoHas(links.workspaces[to], await readSecret(admins[from], `remote-mr-${to}`, `${to}-token`));
  return [await read('dev', 'staging'), await read('dev', 'prod'), await read('staging', 'prod')];
}

const READERS = [STAGING_APP, PROD_APP, PROD_APP];

describe('applying', () => {
  test('broken off at any request, the next run ends in what was planned', async () => {
    world = await startLinkWorld();
    const cuts = await findCuts(() => applyLink(world.links));
    expect(cuts.length).toBeGreaterThan(100);
    for (const cut of cuts) {
      await world.stop();
      world = await startLinkWorld();
      await breakAt(cut, () => applyLink(world.links));
      const { plan } = await applyLink(world.links);
      expect(plan, JSON.stringify(cut)).toMatchObject({ changes: [], findings: [], blocked: [] });
      expect(await describeWorld(world), JSON.stringify(cut)).toEqual(PLANNED);
      expect(await storedReaders(), JSON.stringify(cut)).toEqual(READERS);
    }
  }, 180_000);

  test('broken off several times', async () => {
    world = await startLinkWorld();
    const cuts = await findCuts(() => applyLink(world.links));
    const some = fc.array(fc.constantFrom(...cuts), { minLength: 2, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(some, async (all) => {
        await world.stop();
        world = await startLinkWorld();
        for (const { workspace, n, kind } of all) {
          world.workspaces[workspace].failAt(n, { kind });
          // A later run has fewer requests, and may not come as far.
          await applyLink(world.links).catch(() => {});
          world.workspaces[workspace].clearFaults();
        }
        await applyLink(world.links);
        expect(await describeWorld(world)).toEqual(PLANNED);
        expect(await storedReaders()).toEqual(READERS);
        expect((await planLink(world.links)).changes).toEqual([]);
      }),
      propertyRuns(10, 300),
    );
  }, 180_000);
});

describe('rotating', () => {
  const rotate = () => rotateLink(world.links, { force: true });

  test('broken off at any request, what is stored works, and the next run leaves one token', async () => {
    world = await startLinkWorld();
    await applyLink(world.links);
    const cuts = await findCuts(rotate);
    expect(cuts.length).toBeGreaterThan(60);
    for (const cut of cuts) {
      await world.stop();
      world = await startLinkWorld();
      await applyLink(world.links);
      await breakAt(cut, rotate);
      expect(await storedReaders(), JSON.stringify(cut)).toEqual(READERS);
      await rotateLink(world.links);
      expect(await describeWorld(world), JSON.stringify(cut)).toEqual(PLANNED);
      expect(await storedReaders(), JSON.stringify(cut)).toEqual(READERS);
      expect((await planLink(world.links)).changes, JSON.stringify(cut)).toEqual([]);
    }
  }, 180_000);
});
