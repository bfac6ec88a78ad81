import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGate } from '../../src/gate/index.js';
import {
  freezeSubject,
  IdentityInvalidError,
  IdentityMissingError,
  PermissionDeniedError,
  RequestInvalidError,
  type Subject,
} from '../../src/model/index.js';
import {
  ANALYST,
  NOBODY,
  testAuthenticator,
  testAuthorizer,
  testGate,
  view,
} from './gate-fixtures.js';

const READ_A = { actions: 'READ_ONLINE', resources: view('open_a') } as const;

describe('who makes a request', () => {
  test.each([
    ['Bearer ann-token'],
    ['bearer ann-token'],
    ['BEARER ann-token'],
    ['Bearer    ann-token'],
    ['   Bearer ann-token'],
    ['Bearer ann-token   '],
  ])('%j is accepted, and only the token is passed on', async (header) => {
    for (const authorization of [header, [header]]) {
      const { gate, asked } = testGate();
      const caller = await gate.authenticate(authorization);
      expect(caller.subject).toMatchObject(ANALYST);
      expect(asked).toEqual([{ token: 'ann-token' }]);
    }
  });

  test.each([
    ['no header', undefined],
    ['no values', []],
    ['an empty header', ''],
    ['blanks', '   '],
  ])('%s: nothing was given', async (_, authorization) => {
    const { gate, asked } = testGate();
    await expect(gate.authenticate(authorization)).rejects.toThrow(IdentityMissingError);
    expect(asked).toEqual([]);
  });

  test.each([
    ['a tab', 'Bearer\tann-token'],
    ['a third word', 'Bearer ann-token ann-token'],
    ['the scheme alone', 'Bearer'],
    ['the scheme and blanks', 'Bearer   '],
    ['no scheme', 'ann-token'],
    ['another scheme', 'Basic ann-token'],
    ['a longer scheme', 'Bearers ann-token'],
    ['a comma', 'Bearer, ann-token'],
    ['a line break', 'Bearer ann-token\r\n'],
    ['two headers, good then bad', ['Bearer ann-token', 'Bearer x']],
    ['two headers, the same', ['Bearer ann-token', 'Bearer ann-token']],
    ['a letter beyond ASCII', 'Bearer ann-t\u00f6ken'],
    ['a blank beyond ASCII', 'Bearer ann\u00a0token'],
    ['a token without end', `Bearer ${'a'.repeat(20_000)}`],
  ])('%s is refused before the authenticator is asked', async (_, authorization) => {
    const { gate, asked } = testGate();
    await expect(gate.authenticate(authorization)).rejects.toThrow(IdentityInvalidError);
    expect(asked).toEqual([]);
  });

  test('a header of another type is a defect of the adapter', async () => {
    const { gate, asked } = testGate();
    for (const authorization of [7, null, {}, [7]]) {
      await expect(gate.authenticate(authorization as never)).rejects.toThrow(TypeError);
    }
    expect(asked).toEqual([]);
  });

  test('a longer token, where the gate takes it', async () => {
    const token = 'a'.repeat(20_000);
    const { gate, asked } = testGate({ maxTokenLength: 20_000 });
    await expect(gate.authenticate(`Bearer ${token}`)).rejects.toThrow(IdentityInvalidError);
    expect(asked).toEqual([{ token }]);
  });

  test('under no_auth asks callers for nothing', async () => {
    const { gate, asked } = testGate({ authorizer: testAuthorizer('no_auth') });
    for (const authorization of [undefined, 'Basic x', ['a', 'b'], 'Bearer ann-token']) {
      const caller = await gate.authenticate(authorization);
      expect(caller.subject).toBeNull();
      gate.authorize(caller, { actions: 'DELETE', resources: view('shut_c') });
    }
    expect(asked).toEqual([]);
    expect(gate.warnings).toContain('auth is no_auth: every request is let through');
  });

  test('refuses everyone if the authenticator returns an invalid subject', async () => {
    for (const answer of [undefined, {}, 'ann', { username: 7 }]) {
      const authenticator = { authenticate: async () => answer as never };
      const { gate } = testGate({ authenticator });
      await expect(gate.authenticate('Bearer x')).rejects.toThrow(TypeError);
    }
  });

  test('warnings of the authenticator and of the snapshot are the gate’s', () => {
    const { gate } = testGate({
      authenticator: testAuthenticator(),
      authorizer: testAuthorizer(),
    });
    expect(gate.warnings).toEqual(['the test authenticator knows two tokens']);
  });

  test('any header: an identity error, or a token that was passed on whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `Bearer ${text}`),
        ),
        async (header) => {
          const { gate, asked } = testGate();
          const failed = await Promise.resolve(gate.authenticate(header)).catch(
            (error: unknown) => error,
          );
          expect(gate.refuse(failed).status).toBe(401);
          expect(asked.length).toBeLessThan(2);
          for (const one of asked) expect(header).toContain('token' in one ? one.token : '?');
        },
      ),
    );
  });
});

describe('what a request needs', () => {
  test('all actions on all resources, and every decision is logged', async () => {
    const { gate, log } = testGate({ now: () => 1_700_000_000_000 });
    const caller = await gate.check({
      authorization: 'Bearer ann-token',
      requirements: [
        { actions: ['READ_ONLINE', 'DESCRIBE'], resources: [view('open_a'), view('open_b')] },
        READ_A,
      ],
      operation: 'POST /get-online-features',
    });
    expect(caller.subject).toMatchObject(ANALYST);
    expect(log.map(({ decision }) => [decision.resource.name, decision.allowed])).toEqual([
      ['open_a', true],
      ['open_b', true],
      ['open_a', true],
    ]);
    expect(log[0]).toMatchObject({
      operation: 'POST /get-online-features',
      time: 1_700_000_000_000,
    });
    expect(JSON.stringify(log)).not.toContain('ann-token');
  });

  test('the first refusal ends it', async () => {
    const { gate, log } = testGate();
    const caller = await gate.authenticate('Bearer ann-token');
    const resources = [view('open_a'), view('shut_c'), view('open_b')];
    expect(() => gate.authorize(caller, { actions: 'READ_ONLINE', resources })).toThrow(
      PermissionDeniedError,
    );
    expect(log.map(({ decision }) => decision.allowed)).toEqual([true, false]);
    expect(log[1]?.operation).toBeUndefined();
  });

  test('a second requirement counts as the first', async () => {
    const { gate } = testGate();
    const caller = await gate.authenticate('Bearer ann-token');
    const requirements = [READ_A, { actions: 'WRITE_ONLINE', resources: view('open_a') }] as const;
    expect(() => gate.authorize(caller, requirements)).toThrow(
      'not permitted: WRITE_ONLINE on FeatureView `open_a`',
    );
  });

  test.each([
    ['no requirements', []],
    ['no resources', { actions: 'READ_ONLINE', resources: [] }],
    ['one requirement without resources among others', [READ_A, { ...READ_A, resources: [] }]],
    ['no actions', { actions: [], resources: view('open_a') }],
    ['an unknown action', { actions: 'FLY', resources: view('open_a') }],
    ['an unknown type', { actions: 'READ_ONLINE', resources: { type: 'Bird', name: 'open_a' } }],
    ['a resource that is none', { actions: 'READ_ONLINE', resources: [null] }],
  ])('%s is a mistake, and no open door', async (_, requirements) => {
    const { gate } = testGate();
    const caller = await gate.authenticate('Bearer ann-token');
    const attempt = () => gate.authorize(caller, requirements as never);
    expect(attempt).toThrow(TypeError);
  });

  test('a name of 256 characters is decided on, a longer one is refused', async () => {
    const { gate } = testGate();
    const caller = await gate.authenticate('Bearer ann-token');
    const named = (length: number) => ({ ...READ_A, resources: view('open_'.padEnd(length, 'a')) });
    gate.authorize(caller, named(256));
    expect(() => gate.authorize(caller, named(257))).toThrow(RequestInvalidError);
    const project = 'p'.repeat(257);
    const elsewhere = { ...READ_A, resources: { ...view('open_a'), project } };
    expect(() => gate.authorize(caller, elsewhere)).toThrow(RequestInvalidError);
    const tolerant = testGate({ maxNameLength: 2000 }).gate;
    tolerant.authorize(await tolerant.authenticate('Bearer ann-token'), named(2000));
  });

  describe('names that the registry does not know', () => {
    const resource = (name: string) => ({ type: 'FeatureView', name, project: 'p' }) as const;
    const unknown = (count: number) =>
      Array.from({ length: count }, (_, index) => resource(`open_${index}`.padEnd(256, 'x')));

    test('are decided on up to 65,536 characters together, and refused beyond', async () => {
      const { gate, log } = testGate();
      const caller = await gate.authenticate('Bearer ann-token');
      gate.authorize(caller, { ...READ_A, resources: unknown(256) });
      log.length = 0;
      const beyond = { ...READ_A, resources: unknown(257) };
      expect(() => gate.authorize(caller, beyond)).toThrow(RequestInvalidError);
      const split = [0, 1].map((half) => ({
        ...READ_A,
        resources: beyond.resources.filter((_, index) => index % 2 === half),
      }));
      expect(() => gate.authorize(caller, split)).toThrow(RequestInvalidError);
      expect(log).toEqual([]);
    });

    test('count once, and those that it knows not at all', async () => {
      const { gate } = testGate({ maxUnknownNamesLength: 600 });
      const caller = await gate.authenticate('Bearer ann-token');
      const repeated = [...unknown(2), ...unknown(2), ...unknown(2)];
      const known = Array.from({ length: 1000 }, () => view('open_a'));
      const asked = { ...READ_A, resources: [...repeated, ...known] };
      expect(() => gate.authorize(caller, asked)).not.toThrow();
    });

    test('count each time where tags come with them', async () => {
      const { gate } = testGate({ maxUnknownNamesLength: 600 });
      const caller = await gate.authenticate('Bearer ann-token');
      const tagged = Array.from({ length: 3 }, () => view('open_'.padEnd(256, 'x')));
      const asked = { ...READ_A, resources: tagged };
      expect(() => gate.authorize(caller, asked)).toThrow(RequestInvalidError);
    });
  });

  test('a change: CREATE on what is new, DESCRIBE and UPDATE on both otherwise', async () => {
    const { gate, log } = testGate();
    const caller = await gate.authenticate('Bearer ann-token');
    for (const name of ['new', 'open_a']) {
      const change = { proposed: view(name) };
      expect(() => gate.authorize(caller, { change })).toThrow(PermissionDeniedError);
    }
    expect(log.map(({ decision }) => decision.actions)).toEqual([
      ['CREATE'],
      ['DESCRIBE', 'UPDATE'],
    ]);
    const boss = await gate.authenticate('Bearer boss-token');
    gate.authorize(boss, [
      { change: { proposed: view('shut_new') } },
      { change: { existing: view('shut_c'), proposed: view('shut_d') } },
    ]);
    const long = view('a'.repeat(1025));
    const far = { ...view('new'), project: 'p'.repeat(1025) };
    for (const change of [
      { proposed: long },
      { proposed: far },
      { existing: long, proposed: view('new') },
    ]) {
      expect(() => gate.authorize(caller, { change })).toThrow(RequestInvalidError);
    }
  });

  test('a log that throws, or rejects, changes no answer', async () => {
    for (const onDecision of [
      () => {
        throw new Error('log');
      },
      async () => {
        throw new Error('log');
      },
    ]) {
      const { gate } = testGate({ onDecision });
      const request = { requirements: READ_A };
      await gate.check({ ...request, authorization: 'Bearer ann-token' });
      await expect(gate.check({ ...request, authorization: 'Bearer noel-token' })).rejects.toThrow(
        PermissionDeniedError,
      );
    }
  });

  test('what comes into force later is what callers are judged by', async () => {
    const authorizer = testAuthorizer();
    const { gate } = testGate({ authorizer });
    const caller = await gate.authenticate('Bearer ann-token');
    gate.authorize(caller, READ_A);
    authorizer.replace({ permissions: [], whenNoPermissions: 'deny' });
    expect(() => gate.authorize(caller, READ_A)).toThrow(PermissionDeniedError);
  });

  test('works out no reasons for grants without a listener', async () => {
    const authorizer = testAuthorizer();
    const questions: string[] = [];
    const gate = createGate({
      authenticator: testAuthenticator(),
      authorizer: {
        ...authorizer,
        snapshot: authorizer.snapshot,
        for: (subject) => {
          const caller = authorizer.for(subject);
          return {
            ...caller,
            subject,
            can: (actions, resource) => {
              questions.push(`can ${resource.name}`);
              return caller.can(actions, resource);
            },
            decide: (actions, resource) => {
              questions.push(`decide ${resource.name}`);
              return caller.decide(actions, resource);
            },
          };
        },
      },
      telemetry: false,
    });
    const caller = await gate.authenticate('Bearer ann-token');
    const resources = [view('open_a'), view('shut_c'), view('open_b')];
    const refused = (): void => gate.authorize(caller, { ...READ_A, resources });
    expect(refused).toThrow('shut_c');
    expect(questions).toEqual(['can open_a', 'can shut_c', 'decide shut_c']);
  });

  test('agrees with the authorizer', async () => {
    const { gate } = testGate();
    for (const subject of [ANALYST, NOBODY]) {
      const caller = await gate.authenticate(`Bearer ${subject.username}-token`);
      for (const name of ['open_a', 'shut_c', 'closed_x', 'unknown']) {
        const allowed = testAuthorizer().can(subject, 'READ_ONLINE', view(name));
        const attempt = () => gate.authorize(caller, { ...READ_A, resources: view(name) });
        if (allowed) attempt();
        else expect(attempt).toThrow(PermissionDeniedError);
      }
    }
  });
});

describe('a token that is known', () => {
  test('is answered at once, by the caller that it belongs to for as long as it never changes', async () => {
    const frozen = freezeSubject(ANALYST);
    const changing = { username: 'ann', roles: ['analyst'] };
    const recall = (token: string): Subject | undefined =>
      new Map<string, Subject>([
        ['frozen', frozen],
        ['changing', changing],
      ]).get(token);
    const { gate, asked } = testGate({ authenticator: { ...testAuthenticator(), recall } });
    const caller = gate.authenticate('Bearer frozen');
    expect(caller).toMatchObject({ subject: ANALYST });
    expect(gate.authenticate(['bearer  frozen '])).toBe(caller);
    const first = await gate.authenticate('Bearer changing');
    changing.roles.pop();
    const second = await gate.authenticate('Bearer changing');
    expect(second).not.toBe(first);
    gate.authorize(first, READ_A);
    expect(() => gate.authorize(second, READ_A)).toThrow(PermissionDeniedError);
    for (const header of ['Bearer frozen frozen', ['Bearer frozen', 'Bearer frozen'], 'frozen']) {
      await expect(gate.authenticate(header)).rejects.toThrow(IdentityInvalidError);
    }
    expect(asked).toEqual([]);
  });

  test('that the memory fails on is refused', async () => {
    const recall = (): never => {
      throw new Error('broken');
    };
    const { gate } = testGate({ authenticator: { ...testAuthenticator(), recall } });
    await expect(gate.authenticate('Bearer ann-token')).rejects.toThrow('broken');
  });
});

describe('options', () => {
  test.each([
    [{ authenticator: {} }],
    [{ authenticator: undefined }],
    [{ authorizer: {} }],
    [{ authorizer: undefined }],
    [{ onDecision: 'log' }],
    [{ realm: '' }],
    [{ realm: 'a"b' }],
    [{ realm: 'a\\b' }],
    [{ realm: 'a\r\nset-cookie: b' }],
    [{ realm: 'ä' }],
    [{ explain: 'some' }],
    [{ maxNameLength: 0 }],
    [{ maxNameLength: 1.5 }],
    [{ maxUnknownNamesLength: 0 }],
    [{ maxNameLength: '1024' }],
    [{ maxTokenLength: -1 }],
  ])('%j is refused', (options) => {
    const good = { authenticator: testAuthenticator(), authorizer: testAuthorizer() };
    expect(() => createGate({ ...good, ...options } as never)).toThrow(TypeError);
  });

  test('later changes of the options have no effect', async () => {
    const options = { authenticator: testAuthenticator(), authorizer: testAuthorizer() };
    const gate = createGate(options);
    options.authenticator.authenticate = async () => ANALYST;
    options.authorizer = testAuthorizer('no_auth');
    await expect(gate.authenticate(undefined)).rejects.toThrow(IdentityMissingError);
  });

  test('relations are given as they are, or asked for each time', () => {
    const relations = { projects: ['p'] } as never;
    expect(testGate({ relations }).gate.relations).toBe(relations);
    expect(testGate({ relations: () => relations }).gate.relations).toBe(relations);
    expect(testGate().gate.relations).toBeUndefined();
  });
});
