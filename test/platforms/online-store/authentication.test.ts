import { describe, expect, test } from 'vitest';
import {
  type AuthenticationMethod,
  type FeatureClient,
  type OnlineStoreAction,
  type OnlineStoreAuthenticationQuestion,
  type OnlineStoreProvider,
  onlineStoreAuthentication,
} from '../../../src/platforms/online-store/index.js';

const CLIENT: FeatureClient = { kind: 'feature-engineering', version: '0.6.0' };
const RUNTIME = '14.3 LTS ML';
const FINE = 'is supported on';

const ask = (question: Partial<OnlineStoreAuthenticationQuestion>) =>
  onlineStoreAuthentication({
    provider: 'dynamodb',
    action: 'publish',
    method: 'instance-profile',
    client: CLIENT,
    runtime: RUNTIME,
    ...question,
  });

describe('the table of Databricks', () => {
  const BOTH = ['instance-profile', 'secrets'];
  test.each<
    readonly [OnlineStoreProvider, OnlineStoreAction, AuthenticationMethod, boolean, string[]]
  >([
    ['dynamodb', 'publish', 'instance-profile', true, BOTH],
    ['dynamodb', 'publish', 'secrets', true, BOTH],
    ['dynamodb', 'legacy-lookup', 'instance-profile', false, ['secrets']],
    ['dynamodb', 'legacy-lookup', 'secrets', true, ['secrets']],
    ['dynamodb', 'model-serving-lookup', 'instance-profile', true, BOTH],
    ['dynamodb', 'model-serving-lookup', 'secrets', true, BOTH],
    ['aurora-mysql', 'publish', 'instance-profile', false, ['secrets']],
    ['aurora-mysql', 'publish', 'secrets', true, ['secrets']],
    ['aurora-mysql', 'legacy-lookup', 'instance-profile', false, ['secrets']],
    ['aurora-mysql', 'legacy-lookup', 'secrets', true, ['secrets']],
    ['aurora-mysql', 'model-serving-lookup', 'instance-profile', false, []],
    ['aurora-mysql', 'model-serving-lookup', 'secrets', false, []],
    ['rds-mysql', 'publish', 'instance-profile', false, ['secrets']],
    ['rds-mysql', 'publish', 'secrets', true, ['secrets']],
    ['rds-mysql', 'legacy-lookup', 'instance-profile', false, ['secrets']],
    ['rds-mysql', 'legacy-lookup', 'secrets', true, ['secrets']],
    ['rds-mysql', 'model-serving-lookup', 'instance-profile', false, []],
    ['rds-mysql', 'model-serving-lookup', 'secrets', false, []],
  ])('%s, %s, %s: %s', (provider, action, method, allowed, methods) => {
    const answer = ask({ provider, action, method });
    expect(answer).toMatchObject({ allowed, methods });
    expect(answer.methods.includes(method)).toBe(allowed);
    expect(answer.reason).toMatch(allowed ? /is supported on/ : /is not supported/);
  });
});

describe('the client for DynamoDB', () => {
  const store = (version?: string): FeatureClient => ({ kind: 'feature-store', version });
  test.each<readonly [FeatureClient | undefined, boolean, string]>([
    [{ kind: 'feature-engineering' }, true, FINE],
    [{ kind: 'feature-engineering', version: '0.1.0' }, true, FINE],
    [{ kind: 'feature-engineering', version: 'of any kind' }, true, FINE],
    [store('0.3.8'), true, FINE],
    [store('v0.3.8'), true, FINE],
    [store('0.3.8.0'), true, FINE],
    [store('0.3.8.post1'), true, FINE],
    [store('0.3.8-1'), true, FINE],
    [store('0.3.8.post1.dev2'), true, FINE],
    [store('0.3.8+local.1'), true, FINE],
    [store('0.3.9rc1'), true, FINE],
    [store('0.3.10'), true, FINE],
    [store('0.17.0'), true, FINE],
    [store('0.10'), true, FINE],
    [store('1'), true, FINE],
    [store('1!0.1'), true, FINE],
    [store('0.3.8.0.0.1'), true, FINE],
    [store('0.3.7'), false, 'is earlier'],
    [store('0.3.7.99'), false, 'is earlier'],
    [store('0.3'), false, 'is earlier'],
    [store('0.2.10'), false, 'is earlier'],
    [store('0.3.8rc1'), false, 'is earlier'],
    [store('0.3.8-rc.1'), false, 'is earlier'],
    [store('0.3.8a'), false, 'is earlier'],
    [store('0.3.8beta2'), false, 'is earlier'],
    [store('0.3.8.dev0'), false, 'is earlier'],
    [store('0.3.8rc1.post1'), false, 'is earlier'],
    [store('0!0.3.7'), false, 'is earlier'],
    [store(''), false, 'is not a version'],
    [store('latest'), false, 'is not a version'],
    [store('>=0.3.8'), false, 'is not a version'],
    [store('0.3.8 '), false, 'is not a version'],
    [store('0..3.8'), false, 'is not a version'],
    [store('0.3.8.'), false, 'is not a version'],
    [store('1'.repeat(65)), false, 'is not a version'],
    [store(undefined), false, 'the version of the client is not known'],
    [undefined, false, 'the client is not known'],
  ])('%j: %s', (client, allowed, reason) => {
    for (const [action, methods] of [
      ['publish', ['instance-profile', 'secrets']],
      ['legacy-lookup', ['secrets']],
      ['model-serving-lookup', ['instance-profile', 'secrets']],
    ] as const) {
      for (const method of methods) {
        const answer = ask({ client, action, method });
        expect(answer.allowed).toBe(allowed);
        expect(answer.reason).toContain(reason);
        expect(answer.methods).toEqual(allowed ? methods : []);
      }
    }
  });

  test('does not matter for MySQL', () => {
    for (const provider of ['aurora-mysql', 'rds-mysql'] as const) {
      const question = { provider, method: 'secrets', client: store('0.1.0') } as const;
      expect(ask(question).allowed).toBe(true);
      expect(ask({ ...question, client: undefined }).allowed).toBe(true);
    }
  });
});

describe('the runtime of a cluster with an instance profile', () => {
  test.each<readonly [string | undefined, boolean, string]>([
    ['10.5 ML', true, FINE],
    ['10.5 ML (GPU)', true, FINE],
    ['Databricks Runtime 10.5 ML', true, FINE],
    ['10.10 ML', true, FINE],
    ['11.3 LTS ML', true, FINE],
    ['10.6 ML Beta', true, FINE],
    ['10.5.x-cpu-ml-scala2.12', true, FINE],
    ['10.5.x-gpu-ml-scala2.12', true, FINE],
    ['10.10.x-cpu-ml-scala2.12', true, FINE],
    ['17.3.x-cpu-ml-scala2.13', true, FINE],
    ['100.0 ML', true, FINE],
    ['10.4 ML', false, 'is earlier'],
    ['10.4 LTS ML', false, 'is earlier'],
    ['9.10 ML', false, 'is earlier'],
    ['1.50 ML', false, 'is earlier'],
    ['10.5 ML Beta', false, 'is earlier'],
    ['10.4.x-cpu-ml-scala2.12', false, 'is earlier'],
    ['10.5.x-snapshot-cpu-ml-scala2.12', false, 'is earlier'],
    ['10.5', false, 'no ML runtime'],
    ['13.3 LTS', false, 'no ML runtime'],
    ['10.5.x-scala2.12', false, 'no ML runtime'],
    ['13.3.x-photon-scala2.12', false, 'no ML runtime'],
    ['13.3.x-photonml-scala2.12', false, 'no ML runtime'],
    ['18.x-snapshot-cpu-ml-scala2.13', false, 'is not one of its versions'],
    ['custom:10.5.x-cpu-ml-scala2.12', false, 'is not one of its versions'],
    ['10 ML', false, 'is not one of its versions'],
    ['10.5.1 ML', false, 'is not one of its versions'],
    ['ML 10.5', false, 'is not one of its versions'],
    [`10.5${' ml'.repeat(30)}`, false, 'is not one of its versions'],
    ['', false, 'is not one of its versions'],
    [undefined, false, 'the runtime is not known'],
  ])('%s: %s', (runtime, allowed, reason) => {
    const answer = ask({ runtime });
    expect(answer.allowed).toBe(allowed);
    expect(answer.reason).toContain(reason);
    expect(answer.methods).toEqual(allowed ? ['instance-profile', 'secrets'] : ['secrets']);
  });

  test('does not matter for secrets, and not for lookups', () => {
    const runtime = '9.1 LTS';
    expect(ask({ runtime, method: 'secrets' }).allowed).toBe(true);
    expect(ask({ runtime, action: 'model-serving-lookup' }).allowed).toBe(true);
  });
});

test.each<readonly [Record<string, unknown>, string]>([
  [{ provider: 'redis' }, 'provider is one of dynamodb, aurora-mysql, rds-mysql, not `redis`'],
  [{ provider: '__proto__' }, 'provider is one of'],
  [{ action: 'constructor' }, 'action is one of publish, legacy-lookup, model-serving-lookup'],
  [{ method: undefined }, 'method is one of instance-profile, secrets, not undefined'],
  [{ client: { kind: 'feast' } }, 'client.kind is one of'],
  [{ client: { kind: 'feature-store', version: 1 } }, 'client.version must be a string'],
  [{ runtime: 10.5 }, 'runtime must be a string'],
])('refuses the question %j', (fields, message) => {
  expect(() => ask(fields)).toThrow(TypeError);
  expect(() => ask(fields)).toThrow(message);
});
