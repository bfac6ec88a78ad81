import { describe, expect, it } from 'vitest';
import { createAuthorizer, defineVocabulary } from '../../src/index.js';
import { loadFeatureStore } from '../../src/registry/index.js';
import { feastPermissionMatchers } from '../../src/testing/index.js';
import {
  analyst,
  authorizer,
  driverStats,
  guest,
  permissions,
  resources,
  riskScores,
} from './example-store.js';

expect.extend(feastPermissionMatchers);

const analystReads = { subject: analyst, actions: 'READ_ONLINE', resource: riskScores } as const;
const guestReads = { subject: guest, actions: 'READ_ONLINE', resource: riskScores } as const;
const unenforced = createAuthorizer({ permissions, resources, auth: { type: 'no_auth' } });

/** What an expectation that must fail says. */
function messageOf(expectation: () => unknown): string {
  try {
    expectation();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error('the expectation held');
}

describe('toAllow and toDeny', () => {
  it('hold as the authorizer decides', () => {
    expect(authorizer).toAllow(analystReads);
    expect(authorizer).not.toDeny(analystReads);
    expect(authorizer).toDeny(guestReads);
    expect(authorizer).not.toAllow(guestReads);
  });

  it('ask for several actions together', () => {
    expect(authorizer).toAllow({ ...analystReads, actions: ['READ_ONLINE', 'READ_OFFLINE'] });
    expect(authorizer).toDeny({ ...analystReads, actions: ['READ_ONLINE', 'WRITE_ONLINE'] });
  });

  it('take a promise of an authorizer with `resolves`', async () => {
    await expect(Promise.resolve(authorizer)).resolves.toAllow(analystReads);
    const refused = async (): Promise<void> => {
      await expect(Promise.resolve(authorizer)).resolves.toAllow(guestReads);
    };
    await expect(refused()).rejects.toThrow('to be allowed READ_ONLINE');
  });

  it('say why somebody is refused, and what almost matched', () => {
    const message = [
      'expected user "guy" to be allowed READ_ONLINE on FeatureView:risk_scores, and it is refused',
      '',
      '  subject         user "guy"; groups "guests"',
      '  reason          denied',
      '  decided by      permission "risk-readers" does not grant READ_ONLINE: it requires the role "risk-analyst"',
      '  almost matched  permission "service-readers": it is for FeatureService',
    ].join('\n');
    expect(messageOf(() => expect(authorizer).toAllow(guestReads))).toBe(message);
    expect(messageOf(() => expect(authorizer).not.toDeny(guestReads))).toBe(message);
  });

  it('say why somebody is allowed', () => {
    const message = [
      'expected user "ann" to be refused READ_ONLINE on FeatureView:risk_scores, and it is allowed',
      '',
      '  subject     user "ann"; roles "risk-analyst"',
      '  reason      granted',
      '  decided by  permission "risk-readers" grants READ_ONLINE: it requires the role "risk-analyst"',
    ].join('\n');
    expect(messageOf(() => expect(authorizer).toDeny(analystReads))).toBe(message);
    expect(messageOf(() => expect(authorizer).not.toAllow(analystReads))).toBe(message);
  });

  it('give the rule where no permission decided', () => {
    const question = { ...analystReads, subject: null, resource: driverStats } as const;
    expect(messageOf(() => expect(authorizer).toAllow(question))).toBe(
      [
        'expected the anonymous subject to be allowed READ_ONLINE on FeatureView:driver_stats, and it is refused',
        '',
        '  subject  the anonymous subject',
        '  reason   no permission covers FeatureView:driver_stats: unsecured resources are refused',
      ].join('\n'),
    );
    expect(messageOf(() => expect(unenforced).toDeny(guestReads))).toContain(
      'reason   auth is no_auth: nothing is enforced',
    );
  });

  it('say that a resource is not registered, where others are', () => {
    const question = { ...analystReads, resource: { type: 'FeatureView', name: 'rsik' } } as const;
    const note = '  note            FeatureView:rsik is not registered';
    expect(messageOf(() => expect(authorizer).toAllow(question))).toContain(note);
    const withoutRegistry = createAuthorizer({ permissions });
    expect(messageOf(() => expect(withoutRegistry).toAllow(question))).not.toContain('registered');
  });

  it('count the votes where one grant is not enough, those that decided first', () => {
    const everybody = { name: 'everybody', types: 'FeatureView', actions: 'READ' } as const;
    const [first] = permissions;
    const strict = createAuthorizer({
      permissions: [everybody, ...(first === undefined ? [] : [first])],
      strategy: 'unanimous',
    });
    expect(messageOf(() => expect(strict).toAllow(guestReads))).toContain(
      [
        '  reason      denied: 1 grant of 2 (strategy unanimous)',
        '  decided by  permission "risk-readers" does not grant READ_ONLINE: it requires the role "risk-analyst"',
        '              permission "everybody" grants READ_ONLINE: it requires nothing',
      ].join('\n'),
    );
  });

  it('cut long lists, and count what is left out', () => {
    const many = Array.from({ length: 9 }, (_, index) => ({
      name: `p${index}`,
      types: 'FeatureView' as const,
      actions: 'READ' as const,
      policy: { type: 'RoleBasedPolicy', roles: ['r'] },
    }));
    const subject = { username: 'x', roles: ['1', '2', '3', '4', '5', '6', '7'] };
    const message = messageOf(() =>
      expect(createAuthorizer({ permissions: many })).toAllow({ ...guestReads, subject }),
    );
    expect(message).toContain('roles "1", "2", "3", "4", "5" and 2 more\n');
    expect(message).toContain('permission "p4" does not');
    expect(message).not.toContain('"p5"');
    expect(message.split('\n').at(-1)).toBe('              and 4 more');
  });

  it('write what a terminal could obey as text', () => {
    const subject = { username: '\u001b[2J\u009b\u202e' };
    const message = messageOf(() => expect(authorizer).toAllow({ ...guestReads, subject }));
    expect(message).not.toMatch(/[^\P{C}\n]/u);
  });

  it('keep to the vocabulary of the authorizer', () => {
    const files = defineVocabulary({
      name: 'files',
      actions: { READ: {}, WRITE: {} },
      types: { File: {} },
    });
    const store = createAuthorizer({
      vocabulary: files,
      permissions: [{ name: 'readers', actions: 'READ' }],
    });
    const resource = { type: 'File', name: 'a' } as const;
    expect(store).toAllow({ subject: null, actions: 'READ', resource });
    // @ts-expect-error an action of another vocabulary
    const ask = () => expect(store).toDeny({ subject: null, actions: 'CREATE', resource });
    expect(ask).toThrow(TypeError);
  });
});

describe('toBeSecured', () => {
  it('takes the resources of a feature store as they are', async () => {
    const { snapshotOptions } = await loadFeatureStore('examples/credit_scoring', {
      project: 'credit_scoring',
    });
    const store = createAuthorizer({ ...snapshotOptions, auth: { type: 'oidc' } });
    // That it compiles is the point.
    expect(() => expect(store).toBeSecured(snapshotOptions.resources)).toThrow(
      /not secured|no permission/,
    );
  });

  it('holds when a permission covers each of the resources', () => {
    expect(authorizer).toBeSecured(riskScores);
    expect(authorizer).toBeSecured([riskScores, { type: 'FeatureService', name: 'risk_model' }]);
    expect(authorizer).not.toBeSecured(driverStats);
    expect(authorizer).not.toBeSecured([riskScores, driverStats]);
  });

  it('says which are not covered, and by what almost', () => {
    expect(messageOf(() => expect(authorizer).toBeSecured([riskScores, driverStats]))).toBe(
      [
        'expected 2 resources to be secured, and 1 is not',
        '',
        '  no permission covers FeatureView:driver_stats',
        '    permission "risk-readers" almost does: its names are "risk_.*"',
      ].join('\n'),
    );
    expect(messageOf(() => expect(authorizer).toBeSecured(driverStats))).toContain(
      'expected FeatureView:driver_stats to be secured, and it is not\n',
    );
  });

  it('says by which permissions a resource is covered', () => {
    expect(messageOf(() => expect(authorizer).not.toBeSecured(riskScores))).toBe(
      [
        'expected FeatureView:risk_scores not to be secured, and it is',
        '',
        '  FeatureView:risk_scores',
        '    permission "risk-readers" covers it',
        '    permission "risk-owners" covers it',
      ].join('\n'),
    );
    expect(messageOf(() => expect(authorizer).not.toBeSecured([riskScores, riskScores]))).toContain(
      'expected one of 2 resources not to be secured, and all are\n',
    );
  });

  it('does not hold where nothing is enforced, nor in a project that is not known', () => {
    expect(messageOf(() => expect(unenforced).toBeSecured(riskScores))).toContain(
      '    auth is no_auth: nothing is enforced',
    );
    const elsewhere = { ...riskScores, project: 'elsewhere' };
    expect(messageOf(() => expect(authorizer).toBeSecured(elsewhere))).toContain(
      '  the project of FeatureView:elsewhere/risk_scores is not known',
    );
  });

  it('cuts a long list', () => {
    const strangers = Array.from({ length: 8 }, (_, index) => ({
      type: 'Entity' as const,
      name: `e${index}`,
    }));
    const lines = messageOf(() => expect(authorizer).toBeSecured(strangers)).split('\n');
    expect(lines[0]).toBe('expected 8 resources to be secured, and 8 are not');
    expect(lines.at(-1)).toBe('  and 3 more');
    expect(lines).toHaveLength(8);
  });

  it('writes long numbers with separators', () => {
    const strangers = Array.from({ length: 1205 }, (_, index) => ({
      type: 'Entity' as const,
      name: `e${index}`,
    }));
    const lines = messageOf(() => expect(authorizer).toBeSecured(strangers)).split('\n');
    expect(lines[0]).toBe('expected 1,205 resources to be secured, and 1,205 are not');
    expect(lines.at(-1)).toBe('  and 1,200 more');
  });
});

describe('toBeFullyCovered', () => {
  it('holds when somebody may do each action to each resource', () => {
    const owned = createAuthorizer({
      permissions: [
        {
          name: 'owners',
          actions: 'ALL_ACTIONS',
          policy: { type: 'GroupBasedPolicy', groups: ['o'] },
        },
      ],
      resources,
    });
    expect(owned).toBeFullyCovered();
    expect(messageOf(() => expect(owned).not.toBeFullyCovered())).toBe(
      'expected a gap in the coverage of 2 registered resources, but it is complete',
    );
  });

  it('says which gaps there are', () => {
    expect(authorizer).not.toBeFullyCovered();
    expect(messageOf(() => expect(authorizer).toBeFullyCovered())).toBe(
      [
        'expected 2 registered resources to be fully covered, and 2 are not',
        '',
        '  no permission holds WRITE on',
        '    FeatureView:risk_scores',
        '  the policies match no user for CRUD on',
        '    FeatureView:risk_scores',
        '  no permission covers',
        '    FeatureView:driver_stats',
      ].join('\n'),
    );
  });

  it('looks at the demanded actions and types, and not at what is ignored', () => {
    expect(authorizer).toBeFullyCovered({ actions: ['READ_ONLINE'], ignore: [driverStats] });
    expect(authorizer).not.toBeFullyCovered({ actions: ['READ_ONLINE'] });
    const stream = { type: 'StreamFeatureView', name: 'risk_stream' } as const;
    const mixed = createAuthorizer({
      permissions,
      resources: [stream, { type: 'Entity', name: 'driver' }],
    });
    expect(mixed).toBeFullyCovered({ types: ['FeatureView'], actions: ['READ_OFFLINE'] });
    expect(mixed).not.toBeFullyCovered({ types: ['Entity'], actions: ['READ_OFFLINE'] });
  });

  it('fails on a resource that is ignored without need, if it is looked at', () => {
    const demand = { actions: ['READ_ONLINE'], ignore: [riskScores, driverStats] } as const;
    expect(messageOf(() => expect(authorizer).toBeFullyCovered(demand))).toBe(
      [
        'expected 2 registered resources to be fully covered, and 1 is ignored without need',
        '',
        '  ignored, and without a gap',
        '    FeatureView:risk_scores',
      ].join('\n'),
    );
    const mixed = createAuthorizer({
      permissions,
      resources: [riskScores, { type: 'Entity', name: 'driver' }],
    });
    expect(mixed).toBeFullyCovered({
      types: ['FeatureView'],
      actions: ['READ_ONLINE'],
      ignore: [{ type: 'Entity', name: 'driver' }],
    });
  });

  it('does not hold where nothing is enforced', () => {
    expect(
      messageOf(() => expect(unenforced).toBeFullyCovered({ actions: ['READ_ONLINE'] })),
    ).toContain('  auth is no_auth: nothing is enforced\n    FeatureView:risk_scores');
  });
});
