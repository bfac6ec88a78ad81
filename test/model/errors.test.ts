import { describe, expect, it } from 'vitest';
import {
  ConfigInvalidError,
  PatternUnsupportedError,
  PermissionInvalidError,
  printable,
  quote,
  RegistryInvalidError,
  RegistryUnavailableError,
  throwCollected,
} from '../../src/model/errors.js';
import {
  type AnyAuthzError,
  AuthzError,
  type AuthzErrorCode,
  type Decision,
  isAuthzError,
  PermissionDeniedError,
} from '../../src/model/index.js';
import { ALL_ERRORS, CORE_ERRORS, DENIAL as DECISION, PATTERN } from '../support/all-errors.js';

describe('errors', () => {
  it('have one class for each code', () => {
    expect(new Set(ALL_ERRORS.map(({ code }) => code)).size).toBe(ALL_ERRORS.length);
    for (const error of ALL_ERRORS) {
      expect(error).toBeInstanceOf(AuthzError);
      expect(error.name).toBe(error.constructor.name);
      expect(error.constructor).toHaveProperty('code', error.code);
      expect(error.errors).toEqual([error]);
    }
  });

  it.each([
    ['ERR_IDENTITY_MISSING', 401, 16],
    ['ERR_IDENTITY_INVALID', 401, 16],
    ['ERR_PERMISSION_DENIED', 403, 7],
    ['ERR_RESOURCE_NOT_FOUND', 404, 5],
    ['ERR_REQUEST_INVALID', 422, 3],
    ['ERR_WORKSPACE', 502, 14],
    ['ERR_IDENTITY_UNAVAILABLE', 503, 14],
    ['ERR_REGISTRY_UNAVAILABLE', 503, 14],
    ['ERR_REGISTRY_PROJECT_MISSING', 503, 14],
    ['ERR_SNAPSHOT_STALE', 503, 14],
    ['ERR_CREDENTIAL_UNAVAILABLE', 503, 14],
    ['ERR_SECRET_NOT_FOUND', 503, 14],
    ['ERR_SECRET_FORBIDDEN', 503, 14],
    ['ERR_CONFIG_INVALID', 500, 13],
  ])('%s is answered with %i and gRPC status %i', (code, http, grpc) => {
    const error = ALL_ERRORS.find((one) => one.code === code);
    expect(error?.responseStatus).toEqual({ http, grpc });
  });

  it('narrow by their code', () => {
    const codes: readonly AuthzErrorCode[] = CORE_ERRORS.map(({ code }) => code);
    expect(codes).toHaveLength(CORE_ERRORS.length);
    const decisionOf = (error: AnyAuthzError): Decision | undefined => {
      switch (error.code) {
        case 'ERR_PERMISSION_DENIED':
          return error.decision;
        default:
          return undefined;
      }
    };
    expect(CORE_ERRORS.map(decisionOf).filter((one) => one !== undefined)).toEqual([DECISION]);
  });

  it('are told apart by `instanceof`, and a class of its own is compared by prototype', () => {
    class OwnError extends RegistryInvalidError {}
    const own = new OwnError('m');
    expect(own).toBeInstanceOf(RegistryInvalidError);
    expect(own).toBeInstanceOf(AuthzError);
    expect(new RegistryInvalidError('m')).not.toBeInstanceOf(OwnError);
    expect(own).not.toBeInstanceOf(RegistryUnavailableError);
    expect(isAuthzError({ code: 'ERR_PERMISSION_DENIED' })).toBe(false);
    expect(new Error('m')).not.toBeInstanceOf(AuthzError);
  });

  it('keep their cause', () => {
    const cause = new Error('below');
    expect(new RegistryUnavailableError('m', { cause }).cause).toBe(cause);
  });

  it('have messages on one line, whatever is said in them', () => {
    const hostile = 'a\nb\u001b[31m\u2028\u202e\u0085\ud800';
    expect(new RegistryInvalidError(hostile).message).toBe(
      'a\\u000ab\\u001b[31m\\u2028\\u202e\\u0085\\ud800',
    );
  });
});

describe('PermissionDeniedError', () => {
  const error = new PermissionDeniedError(DECISION);

  it('says what was refused and no more', () => {
    expect(error.message).toBe(
      'not permitted: READ_ONLINE, DESCRIBE on FeatureView `risk\\u000ascores`',
    );
  });

  it('carries the decision and serialises nothing of it', () => {
    expect(error.decision).toBe(DECISION);
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'PermissionDeniedError',
      code: 'ERR_PERMISSION_DENIED',
    });
    expect(JSON.stringify({ ...error })).not.toContain('secret');
  });
});

describe('PatternUnsupportedError', () => {
  it('says the pattern, the reason and the position', () => {
    expect(new PatternUnsupportedError(PATTERN).message).toBe(
      'name pattern `(a)\\1` is unsupported: back-reference at position 3',
    );
  });

  it('says the permission and a rewrite where they are known', () => {
    const cause = new Error('below');
    const error = new PatternUnsupportedError({ ...PATTERN, rewrite: 'aa' }, { cause }).of('p');
    expect(error.message).toBe(
      'permission `p`: name pattern `(a)\\1` is unsupported: back-reference at position 3; write `aa` instead',
    );
    expect(error).toMatchObject({ ...PATTERN, rewrite: 'aa', permission: 'p', cause });
  });
});

describe('ConfigInvalidError', () => {
  it.each([
    [{}, 'wrong'],
    [{ file: 'f.yaml' }, 'f.yaml: wrong'],
    [{ file: 'f.yaml', line: 2 }, 'f.yaml:2: wrong'],
    [{ file: 'f.yaml', line: 2, column: 3 }, 'f.yaml:2:3: wrong'],
  ])('says the place %j', (place, message) => {
    expect(new ConfigInvalidError('wrong', place)).toMatchObject({ message, ...place });
  });
});

describe('throwCollected', () => {
  const problems = (count: number): PermissionInvalidError[] =>
    Array.from(
      { length: count },
      (_, index) => new PermissionInvalidError(`wrong ${index}`, { field: 'name' }),
    );
  const thrownFrom = (errors: readonly AuthzError[]): AuthzError => {
    try {
      throwCollected(errors);
    } catch (error) {
      return error as AuthzError;
    }
    throw new Error('nothing was thrown');
  };

  it('returns without errors', () => {
    expect(throwCollected([])).toBeUndefined();
  });

  it('throws a single one as it is', () => {
    const [problem] = problems(1);
    expect(thrownFrom([problem!])).toBe(problem);
    expect(problem!.message).toBe('wrong 0');
  });

  it('throws the first of several, with the others in it', () => {
    const three = problems(3);
    const error = thrownFrom(three);
    expect(error).toBe(three[0]);
    expect(error.errors).toEqual(three);
    expect(error.message).toBe('wrong 0 (and 2 more: wrong 1; wrong 2)');
  });

  it('names three others at the most', () => {
    expect(thrownFrom(problems(5)).message).toBe(
      'wrong 0 (and 4 more: wrong 1; wrong 2; wrong 3; …)',
    );
  });

  it('says the same when it is thrown again, alone or with others', () => {
    const two = problems(2);
    thrownFrom(two);
    expect(thrownFrom(two).message).toBe('wrong 0 (and 1 more: wrong 1)');
    const [other] = problems(1);
    expect(thrownFrom([other!, ...two]).message).toBe('wrong 0 (and 2 more: wrong 0; wrong 1)');
  });

  it('can be serialised', () => {
    expect(JSON.stringify(thrownFrom(problems(2)))).toContain('ERR_PERMISSION_INVALID');
  });
});

describe('quote', () => {
  it('puts text in backticks, on one line', () => {
    expect(quote('risk_scores')).toBe('`risk_scores`');
    expect(quote('a\r\nb\u0000')).toBe('`a\\u000d\\u000ab\\u0000`');
    expect(quote('\u{e0041}')).toBe('`\\u{e0041}`');
    expect(quote('équipe 🚗')).toBe('`équipe 🚗`');
  });

  it('cuts what is long, and leaves no half of a character', () => {
    expect(printable('x'.repeat(200))).toBe('x'.repeat(200));
    expect(quote('x'.repeat(1_000_000))).toBe(`\`${'x'.repeat(200)}…\``);
    expect(printable(`${'x'.repeat(199)}🚗🚗`)).toBe(`${'x'.repeat(199)}\\ud83d…`);
  });
});
