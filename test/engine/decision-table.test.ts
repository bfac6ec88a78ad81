import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  createAuthorizer,
  definePermission,
  type PolicyKind,
  roles,
  type Subject,
} from '../../src/index.js';

const view = (name: string) => ({ type: 'FeatureView', name }) as const;
const ann = (...held: string[]): Subject => ({ username: 'ann', roles: held });

describe('decisions on registered resources', () => {
  it('are the same by every way, whatever kind of test they are', () => {
    const claim: PolicyKind<{ readonly type: 'Claim' }> = {
      type: 'Claim',
      schema: z.strictObject({ type: z.literal('Claim') }),
      compile: () => ({ kind: 'predicate', grants: (subject) => subject?.claims?.['ok'] === true }),
      explain: () => 'a claim',
    };
    const policyKinds = [claim];
    const permission = (name: string, policy: { readonly type: string }) =>
      definePermission({ name, namePatterns: name, actions: 'DESCRIBE', policy }, { policyKinds });
    const authorizer = createAuthorizer({
      policyKinds,
      permissions: [
        permission('role', roles('reader')),
        permission('nobody', roles()),
        permission('everyone', { type: 'AllowAll' }),
        permission('claim', { type: 'Claim' }),
      ],
      resources: ['role', 'nobody', 'everyone', 'claim', 'unsecured'].map(view),
    });
    const subjects = [
      null,
      ann(),
      ann('reader'),
      ann('other', 'reader'),
      { ...ann(), claims: { ok: true } },
    ];
    const answers = (name: string): boolean[] =>
      subjects.map((subject) => {
        const answer = authorizer.can(subject, 'DESCRIBE', view(name));
        expect(authorizer.for(subject).can('DESCRIBE', view(name))).toBe(answer);
        expect(authorizer.can(subject, ['DESCRIBE'], view(name))).toBe(answer);
        expect(authorizer.decide(subject, 'DESCRIBE', view(name)).allowed).toBe(answer);
        return answer;
      });
    expect(answers('role')).toEqual([false, false, true, true, false]);
    expect(answers('nobody')).toEqual([false, false, false, false, false]);
    expect(answers('everyone')).toEqual([true, true, true, true, true]);
    expect(answers('claim')).toEqual([false, false, false, false, true]);
    expect(answers('unsecured')).toEqual([false, false, false, false, false]);
  });

  it('allow a named user without permissions', () => {
    const authorizer = createAuthorizer({ permissions: [], resources: [view('a')] });
    expect(authorizer.can(ann(), 'DESCRIBE', view('a'))).toBe(true);
    expect(authorizer.for(ann()).can('DESCRIBE', view('a'))).toBe(true);
    for (const subject of [null, { username: '' }]) {
      expect(authorizer.can(subject, 'DESCRIBE', view('a'))).toBe(false);
      expect(authorizer.for(subject).can('DESCRIBE', view('a'))).toBe(false);
    }
  });

  it('are kept apart however many there are, with roles by the thousand', () => {
    const count = 3000;
    const authorizer = createAuthorizer({
      permissions: Array.from({ length: count }, (_, index) =>
        definePermission({
          name: `p${index}`,
          namePatterns: `v${index}`,
          actions: 'DESCRIBE',
          // Every hundredth has roles from all over: too far apart for bits.
          policy:
            index % 100 === 0
              ? roles(`r${index}`, `r${(index + 1500) % count}`)
              : roles(`r${index}`),
        }),
      ),
      resources: Array.from({ length: count }, (_, index) => view(`v${index}`)),
    });
    for (let index = 0; index < count; index += 7) {
      const bound = authorizer.for(ann(`r${index}`));
      const near = [index - 1, index, index + 1].filter((one) => one >= 0 && one < count);
      for (const one of near) {
        const mine = one === index || (one % 100 === 0 && (one + 1500) % count === index);
        expect(authorizer.can(ann(`r${index}`), 'DESCRIBE', view(`v${one}`))).toBe(mine);
        expect(bound.can('DESCRIBE', view(`v${one}`))).toBe(mine);
        expect(bound.can('UPDATE', view(`v${one}`))).toBe(false);
      }
    }
  });

  it.each(['plain', 'bound'])('are right when they are first asked for, %s', (way) => {
    const count = 3000;
    const names = Array.from({ length: count }, (_, index) => `v${index}`);
    const role = (index: number): string => `r${index % 100}`;
    // For each number of decisions that fit before the table grows, in one of these.
    for (const unsatisfiable of [0, 1, 2, 3, 4]) {
      const authorizer = createAuthorizer({
        permissions: names.map((name, index) =>
          definePermission({
            name,
            namePatterns: name,
            policy: index < unsatisfiable ? roles() : roles(role(index)),
          }),
        ),
        resources: names.map(view),
      });
      for (const subject of [
        ann(...Array.from({ length: 100 }, (_, index) => role(index))),
        ann('other'),
      ]) {
        const action = subject.roles?.length === 100 ? 'UPDATE' : 'DELETE';
        const bound = authorizer.for(subject);
        const granted = names.filter((name) =>
          way === 'plain'
            ? authorizer.can(subject, action, view(name))
            : bound.can(action, view(name)),
        );
        expect(granted).toEqual(action === 'UPDATE' ? names.slice(unsatisfiable) : []);
      }
    }
  });

  it('follow all strategies', () => {
    const permissions = ['a', 'b', 'c'].map((role) =>
      definePermission({ name: role, actions: 'DESCRIBE', policy: roles(role) }),
    );
    const answers = (['affirmative', 'consensus', 'unanimous'] as const).map((strategy) => {
      const authorizer = createAuthorizer({ permissions, resources: [view('v')], strategy });
      return [['a'], ['a', 'b'], ['a', 'b', 'c']].map((held) => {
        const answer = authorizer.can(ann(...held), 'DESCRIBE', view('v'));
        expect(authorizer.for(ann(...held)).can('DESCRIBE', view('v'))).toBe(answer);
        return answer;
      });
    });
    expect(answers).toEqual([
      [true, true, true],
      [false, true, true],
      [false, false, true],
    ]);
  });
});
