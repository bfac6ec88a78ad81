import { describe, expect, test } from 'vitest';
import { createGate, filterAnswer, findEndpoint } from '../../../src/gate/index.js';
import { createAuthorizer, definePermission, roles } from '../../../src/index.js';
import { RequestInvalidError } from '../../../src/model/index.js';
import { createRelations } from '../../../src/registry/index.js';
import { countSlices, SLOW_PATTERNS, slowNames } from '../../support/count-slices.js';
import { ANALYST, NOBODY, testAuthenticator, view } from '../gate-fixtures.js';

const PROJECT = { type: 'Project', name: 'p', project: 'p', tags: {} } as const;
const resources = [PROJECT, view('known_a')];
const authorizer = createAuthorizer({
  permissions: SLOW_PATTERNS.map((namePatterns, index) =>
    definePermission({
      name: `permission-${index}`,
      project: 'p',
      types: ['FeatureView'],
      namePatterns: [namePatterns],
      actions: ['DESCRIBE'],
      policy: roles('analyst'),
    }),
  ),
  resources,
  projects: ['p'],
  defaultProject: 'p',
});
const gate = createGate({
  authenticator: testAuthenticator(),
  authorizer,
  relations: createRelations(resources, () => []),
  project: 'p',
  telemetry: false,
});

const METHOD = '/feast.registry.RegistryServer/';
function filter(method: string, answer: unknown, subject = ANALYST): unknown {
  const endpoint = findEndpoint('registry-grpc', 'POST', `${METHOD}${method}`)?.endpoint;
  if (endpoint === undefined) throw new TypeError(method);
  return filterAnswer(gate, endpoint, answer, { caller: authorizer.for(subject), project: 'p' });
}
const viewsNamed = (names: readonly string[]) => ({
  featureViews: names.map((name) => ({ spec: { name, project: 'p' } })),
});

describe('filterAnswer', () => {
  test('matches unknown names of a list in slices', async () => {
    const names = slowNames(20);
    const { result, slices } = await countSlices(() =>
      filter('ListFeatureViews', viewsNamed(names)),
    );
    expect(result).toEqual(viewsNamed(names));
    expect(slices).toBeGreaterThan(names.length);
  });

  test('refuses an answer that takes longer than a request may', async () => {
    const endpoint = findEndpoint('registry-grpc', 'POST', `${METHOD}ListFeatureViews`)?.endpoint;
    if (endpoint === undefined) throw new TypeError('no endpoint');
    const hasty = { relations: gate.relations, project: 'p', maxDecisionSeconds: 0.02 };
    const answer = viewsNamed(slowNames(40).slice(20));
    const reader = { caller: authorizer.for(ANALYST), project: 'p' };
    const filtered = () => countSlices(() => filterAnswer(hasty, endpoint, answer, reader));
    await expect(Promise.resolve().then(filtered)).rejects.toThrow(RequestInvalidError);
  });

  test('hides unknown names of a list from a caller without the role', async () => {
    const answer = viewsNamed([...slowNames(3), 'known_a']);
    expect(await filter('ListFeatureViews', answer, NOBODY)).toEqual(viewsNamed([]));
  });

  test('hides an unknown name that is longer than any that can be written', async () => {
    const names = ['ab_'.repeat(5), 'a_'.repeat(513)];
    const shown = await filter('ListFeatureViews', viewsNamed([`${names[0]}c`, names[1] ?? '']));
    expect(shown).toEqual(viewsNamed([`${names[0]}c`]));
  });
});
