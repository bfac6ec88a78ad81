import { describe, expect, it } from 'vitest';
import { compileClaimMapping } from '../../../src/identity/token/claim-mapping.js';
import { compileClaimValues } from '../../../src/identity/token/claim-values.js';

const PROJECT_ROLES = 'urn:zitadel:iam:org:project:roles';

describe('compileClaimValues', () => {
  it.each([
    ['a list', 'roles', { roles: ['a', 'b'] }, ['a', 'b']],
    ['a single value', 'roles', { roles: 'a' }, ['a']],
    ['a value with blanks', 'roles', { roles: 'Domain Users' }, ['Domain Users']],
    ['names among other things', 'roles', { roles: ['a', 1, null, '', {}] }, ['a']],
    ['an empty string', 'roles', { roles: '' }, []],
    ['a number', 'roles', { roles: 5 }, []],
    ['an object', 'roles', { roles: { a: true } }, []],
    [
      'the keys of an object',
      { path: [PROJECT_ROLES], keys: true },
      { [PROJECT_ROLES]: { a: { 1: 'org' }, b: {} } },
      ['a', 'b'],
    ],
    ['keys where there is a list', { path: 'roles', keys: true }, { roles: ['a'] }, []],
    ['keys where there is nothing', { path: 'roles', keys: true }, {}, []],
    ['delimited text', { path: 'scope', separator: ' ' }, { scope: ' a b  c' }, ['a', 'b', 'c']],
    [
      'delimited text in a list',
      { path: 'scope', separator: ' ' },
      { scope: ['a', 'b c'] },
      ['a', 'b', 'c'],
    ],
    ['one delimited value', { path: 'scope', separator: ',' }, { scope: 'a b' }, ['a b']],
    [
      'a member of each object',
      { path: 'roles', member: 'name' },
      { roles: [{ name: 'a' }, { name: 5 }, 'b', null, { name: 'c' }] },
      ['a', 'c'],
    ],
    [
      'a member of a single object',
      { path: 'roles', member: 'name' },
      { roles: { name: 'a' } },
      ['a'],
    ],
    ['an inherited member', { path: 'roles', member: 'toString' }, { roles: [{}] }, []],
  ] as const)('reads %s', (_, source, claims, names) => {
    expect(compileClaimValues(source)(claims)).toEqual(names);
  });

  it.each([
    { path: 'a', keys: true, member: 'b' },
    { path: 'a', separator: ' ', member: 'b' },
    { path: 'a', separator: '' },
    { path: 'a', member: '' },
    { path: 'a', keys: 'yes' },
    { path: 'a', key: true },
    { path: '' },
    {},
  ])('refuses the source %j', (source) => {
    expect(() => compileClaimValues(source as never)).toThrow(TypeError);
  });

  it('takes one value for a list of one in mapped claims, and reads as Feast does in others', () => {
    const claims = { sub: 'a', roles: 'reader', groups: 'sre' };
    expect(compileClaimMapping()(claims)).toMatchObject({ roles: [], groups: [] });
    expect(compileClaimMapping({ roles: 'roles', groups: 'groups' })(claims)).toMatchObject({
      roles: ['reader'],
      groups: ['sre'],
    });
  });

  it('takes several sources together, each name of a role once', () => {
    const toSubject = compileClaimMapping({
      roles: ['roles', { path: 'scope', separator: ' ' }],
      groups: { path: 'teams', member: 'slug' },
    });
    const claims = { sub: 'a', roles: ['x'], scope: 'x y', teams: [{ slug: 'sre' }] };
    expect(toSubject(claims)).toMatchObject({ roles: ['x', 'y'], groups: ['sre'] });
  });
});
