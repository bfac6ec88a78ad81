import { describe, expect, test } from 'vitest';
import { parsedBodyOf } from '../../../src/adapters/support/parsed-body.js';
import { MediaTypeUnsupportedError } from '../../../src/model/index.js';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('parsedBodyOf', () => {
  test('gives what a parser left, and nothing where nothing was sent', () => {
    const body = { views: [] };
    expect(parsedBodyOf({ body, headers: { ...JSON_TYPE, 'content-length': '12' } })).toBe(body);
    expect(parsedBodyOf({ headers: {} })).toBeUndefined();
    expect(parsedBodyOf({ headers: { ...JSON_TYPE, 'content-length': '0' } })).toBeUndefined();
  });

  test.each([{ 'content-length': '2' }, { 'transfer-encoding': 'chunked' }])(
    'refuses a body that was sent and not parsed: %j',
    (sent) => {
      expect(() => parsedBodyOf({ headers: { ...JSON_TYPE, ...sent } })).toThrow(TypeError);
      expect(() => parsedBodyOf({ headers: sent })).toThrow(MediaTypeUnsupportedError);
    },
  );
});
