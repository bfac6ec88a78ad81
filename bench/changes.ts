import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Build } from './builds.js';
import type { Cost } from './engine-costs.js';
import { generateStore } from './generate-store.js';
import { median } from './measure.js';

/** How often each change is made. */
const CHANGES = 5;

/**
 * What a change of one permission or one resource costs, until it is in force; and how
 * long other requests wait for it.
 */
export async function CHANGES_JOB(
  permissions: number,
  resources: number,
  build: Build,
): Promise<Cost[]> {
  const { createAuthorizer, definePermission, prepareSnapshot } = await build.load('.');
  const store = generateStore({ permissions, resources });
  const defined = store.permissions.map(({ globs: _, ...one }) => definePermission(one));
  const start = performance.now();
  const authorizer = createAuthorizer({ permissions: defined, resources: store.resources });
  const compileMs = performance.now() - start;

  let present = defined;
  const withOne = (nth: number, change: object): typeof defined => {
    const at = (nth * 7919) % permissions;
    const { name, types, namePatterns, actions, policy } = present[at] as (typeof defined)[number];
    const next = [...present];
    next[at] = definePermission({ name, types, namePatterns, actions, policy, ...change } as never);
    present = next;
    return next;
  };
  const policyMs = medianMs((nth) => {
    const permissions = withOne(nth, {
      policy: { type: 'RoleBasedPolicy', roles: [`new-${nth}`] },
    });
    return () => authorizer.replace({ permissions });
  });
  const patternMs = medianMs((nth) => {
    const permissions = withOne(nth, { namePatterns: [`t000${nth % 10}_.*`] });
    return () => authorizer.replace({ permissions });
  });
  const resourceMs = medianMs((nth) => {
    const changed = [...store.resources];
    changed[nth] = { ...(changed[nth] as (typeof changed)[number]), tags: { team: `new-${nth}` } };
    return () => authorizer.replace({ resources: changed });
  });

  const reload = async (): Promise<void> => {
    const options = {
      permissions: withOne(1, { namePatterns: ['.*_v1_.*'] }),
      resources: store.resources,
    };
    // An earlier build does not know the option, and compiles everything.
    const previous = 'resource' in authorizer ? { previous: authorizer.snapshot } : {};
    authorizer.replace(await prepareSnapshot(options, previous));
  };
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await sleep(20);
  await reload();
  await sleep(20);
  delay.disable();
  return [
    { name: 'full compile', value: compileMs, unit: 'ms' },
    { name: 'one policy changed, in force', value: policyMs, unit: 'ms' },
    { name: '  full compiles in that time', value: policyMs / compileMs, unit: 'x' },
    { name: 'one pattern changed, in force', value: patternMs, unit: 'ms' },
    { name: 'one resource changed, in force', value: resourceMs, unit: 'ms' },
    { name: 'longest pause of the event loop during a reload', value: delay.max / 1e6, unit: 'ms' },
  ];
}

/** @param prepare makes a change, which is measured without what it was prepared from */
function medianMs(prepare: (nth: number) => () => void): number {
  const samples: number[] = [];
  for (let nth = 1; nth <= CHANGES; nth++) {
    const change = prepare(nth);
    const start = performance.now();
    change();
    samples.push(performance.now() - start);
  }
  return median(samples);
}
