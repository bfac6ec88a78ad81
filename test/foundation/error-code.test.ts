import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { errorCode } from '../../src/foundation/error-code.js';

describe('errorCode', () => {
  it('reads the code of an error', () => {
    expect(errorCode(Object.assign(new Error('x'), { code: 'EACCES' }))).toBe('EACCES');
  });

  it('reads the code of an error of another realm, as the runners of tests have it', () => {
    const error: unknown = runInNewContext("Object.assign(new Error('x'), { code: 'ENOENT' })");
    expect(error instanceof Error).toBe(false);
    expect(errorCode(error)).toBe('ENOENT');
  });

  it.each([undefined, null, 'ENOENT', new Error('x')])('names no code for %s', (error) => {
    expect(errorCode(error)).toBe('unknown error');
  });
});
