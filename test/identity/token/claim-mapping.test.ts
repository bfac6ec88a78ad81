import { describe, expect, it } from 'vitest';
import { compileClaimMapping } from '../../../src/identity/token/claim-mapping.js';
import { parseClaimPath } from '../../../src/identity/token/claim-path.js';

const CLAIMS = {
  sub: 'subject',
  email: 'alice@example.com',
  email_verified: true,
  groups: ['feast'],
  'cognito:groups': ['pool'],
  'https://example.com/roles': ['reader', 'writer'],
  realm_access: { roles: ['writer', 'auditor'] },
  tenant: { 'name.space': ['team-a'], 'back\\slash': ['team-b'] },
};

describe('compileClaimMapping', () => {
  it('reads what Feast reads unless told otherwise', () => {
    const subject = compileClaimMapping()(CLAIMS);
    expect(subject).toMatchObject({
      username: 'subject',
      roles: [],
      groups: ['feast'],
      namespaces: [],
    });
  });

  it('reads other claims, each field on its own', () => {
    const toSubject = compileClaimMapping({
      username: 'email',
      roles: [['https://example.com/roles'], 'realm_access.roles'],
      groups: 'cognito:groups',
      namespaces: ['tenant.name\\.space', 'tenant.back\\\\slash', 'tenant.missing'],
    });
    expect(toSubject(CLAIMS)).toMatchObject({
      username: 'alice@example.com',
      roles: ['reader', 'writer', 'auditor'],
      groups: ['pool'],
      namespaces: ['team-a', 'team-b'],
    });
    expect(compileClaimMapping({ groups: 'nowhere' })(CLAIMS)).toMatchObject({
      username: 'subject',
      groups: [],
    });
  });

  it('reads own members only', () => {
    const paths = ['__proto__', 'constructor', 'constructor.name', 'toString', 'groups.length'];
    for (const path of paths) {
      expect(() => compileClaimMapping({ username: path })(CLAIMS)).toThrow(
        expect.objectContaining({ code: 'ERR_IDENTITY_INVALID' }),
      );
    }
    const claims = JSON.parse('{"sub":"a","__proto__":{"roles":["x"]}}') as typeof CLAIMS;
    expect(compileClaimMapping()(claims).roles).toEqual([]);
    expect(compileClaimMapping({ roles: '__proto__.roles' })(claims).roles).toEqual(['x']);
  });

  it('gives a frozen subject with its claims', () => {
    const subject = compileClaimMapping()(CLAIMS);
    expect(subject.claims).toEqual(CLAIMS);
    expect(Object.isFrozen(subject)).toBe(true);
    expect(Object.isFrozen(subject.roles)).toBe(true);
    expect(Object.isFrozen(subject.claims?.['realm_access'])).toBe(true);
  });

  it.each([
    { username: '' },
    { username: 'a..b' },
    { username: '.a' },
    { username: 'a\\' },
    { username: 'a\\b' },
    { roles: [[]] },
    { roles: [['']] },
    { roles: [5] },
    { groups: 5 },
    { user: 'sub' },
  ])('refuses the mapping %j', (mapping) => {
    expect(() => compileClaimMapping(mapping as never)).toThrow(TypeError);
  });

  it('splits a path at dots that are not escaped', () => {
    expect(parseClaimPath('a.b\\.c.d\\\\e')).toEqual(['a', 'b.c', 'd\\e']);
    expect(parseClaimPath(['a.b'])).toEqual(['a.b']);
  });
});
