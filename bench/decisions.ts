import type { Build } from './builds.js';
import type { Cost } from './engine-costs.js';
import {
  boundHandle,
  boundSubject,
  ENGINES,
  type Engine,
  floor,
  loop,
  plainSubject,
} from './engines.js';
import { generateStore } from './generate-store.js';
import { type Measured, measureDecisions } from './measure.js';

export interface DecisionRow {
  readonly permissions: number;
  readonly resources: number;
  readonly requests: number;
  /** Share of the requests that are allowed. */
  readonly allowed: number;
  readonly engines: readonly Measured[];
}

/**
 * Measures one decision, for all engines that are up to the size. Checks first that they give the
 * same answers.
 *
 * @throws Error naming the engine and the request when two of them disagree
 */
export async function benchDecisions(permissions: number): Promise<DecisionRow> {
  const resources = resourcesFor(permissions);
  const store = generateStore({ permissions, resources });
  const engines = new Map<string, Engine>();
  for (const { name, upTo, make } of ENGINES) {
    if (permissions <= upTo) engines.set(name, await make(store));
  }
  // The slow ones are asked less: an answer takes casbin and Cedar milliseconds.
  const sample = store.requests.slice(0, permissions > 100 ? 200 : 1000);
  const [first] = engines.values();
  // Where nothing else is measured any more, the loop still says whether the answers are right.
  const judge = engines.has(loop.name) ? [] : [[loop.name, await loop.make(store)] as const];
  for (const request of sample) {
    const expected = first?.decide(first.prepare(request));
    for (const [name, engine] of [...engines, ...judge]) {
      if (engine.decide(engine.prepare(request)) === expected) continue;
      throw new Error(`${name} answers ${String(!expected)}: ${JSON.stringify(request)}`);
    }
  }
  const granted = store.requests.filter((request) => first?.decide(first.prepare(request))).length;
  return {
    permissions,
    resources,
    requests: store.requests.length,
    allowed: granted / store.requests.length,
    engines: await measureDecisions(engines, store.requests),
  };
}

/** So many resources are decided on with so many permissions. */
export function resourcesFor(permissions: number): number {
  return Math.min(100_000, Math.max(1000, permissions));
}

/** One decision of a build, with a bound and with a plain subject. */
export async function DECISIONS_JOB(
  permissions: number,
  resources: number,
  build: Build,
): Promise<Cost[]> {
  const { createAuthorizer } = await build.load('.');
  const store = generateStore({ permissions, resources });
  const engines = new Map<string, Engine>();
  const hasHandles = 'resource' in createAuthorizer({ permissions: [] });
  const measured = [boundSubject, plainSubject, floor, ...(hasHandles ? [boundHandle] : [])];
  for (const { name, make } of measured) {
    engines.set(name, await make(store, createAuthorizer));
  }
  const results = await measureDecisions(engines, store.requests);
  return results.map(({ name, nsPerDecision }) => ({ name, value: nsPerDecision, unit: 'ns' }));
}
