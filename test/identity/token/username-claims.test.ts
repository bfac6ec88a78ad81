import { describe, expect, it } from 'vitest';
import { compileUsername } from '../../../src/identity/token/username-claims.js';

const invalid = (part: string): unknown =>
  expect.objectContaining({
    code: 'ERR_IDENTITY_INVALID',
    message: expect.stringContaining(part) as string,
  });

describe('an email address as user name', () => {
  it('counts when the provider has verified it', () => {
    const claims = { email: 'alice@example.com', email_verified: true };
    expect(compileUsername('email')(claims)).toBe('alice@example.com');
  });

  it.each([[undefined], [false], ['true'], [1], [null]])(
    'does not count beside an `email_verified` of %j',
    (verified) => {
      const claims = { email: 'admin@example.com', sub: 'subject', email_verified: verified };
      expect(() => compileUsername('email')(claims)).toThrow(invalid('`email_verified`'));
      expect(() => compileUsername([['email']])(claims)).toThrow(invalid('`email_verified`'));
      expect(compileUsername(['email', 'sub'])(claims)).toBe('subject');
    },
  );

  it('is not what a token without one is refused for', () => {
    expect(() => compileUsername('email')({ sub: 'a' })).toThrow(invalid('claims.username'));
  });
});

describe('a name that falls back to that of the client', () => {
  it.each([
    ['of a session', { sub: '1', azp: 'app', sid: 's' }],
    ['of a sign-in', { sub: '1', azp: 'app', auth_time: 1 }],
    ['of an authentication method', { sub: '1', azp: 'app', amr: ['pwd'] }],
    ['of delegated scopes', { sub: '1', appid: 'app', scp: 'user_impersonation' }],
    ['without `sub`', { azp: 'app' }],
  ])('is refused for a token %s', (_, claims) => {
    expect(() => compileUsername(undefined)(claims)).toThrow(invalid('set `claims.username`'));
  });

  it.each([
    [{ sub: '1', azp: 'app' }, 'app'],
    [{ sub: '1', appid: 'app' }, 'app'],
    [{ sub: '1', azp: 'app', preferred_username: 'alice', sid: 's' }, 'alice'],
    [{ sub: '1', azp: 'app', upn: 'alice@corp', sid: 's' }, 'alice@corp'],
    [{ sub: 'alice', sid: 's' }, 'alice'],
  ])('is kept for %j', (claims, name) => {
    expect(compileUsername(undefined)(claims)).toBe(name);
  });

  it('is what was asked for where `claims.username` says so', () => {
    expect(compileUsername('azp')({ azp: 'app', sid: 's' })).toBe('app');
  });
});
