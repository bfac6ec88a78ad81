import { describe, expect, test } from 'vitest';
import { assertJsonType } from '../../../src/adapters/support/json-type.js';
import { MediaTypeUnsupportedError } from '../../../src/model/index.js';

describe('assertJsonType', () => {
  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'APPLICATION/JSON;charset="UTF-8"',
    'application/problem+json',
    'application/vnd.api+json; profile=x',
    ['application/json'],
  ])('accepts %j', (values) => {
    expect(() => assertJsonType(values)).not.toThrow();
  });

  test.each([
    undefined,
    '',
    [],
    ['application/json', 'application/json'],
    'application/json, text/plain',
    'application/jsonp',
    'application/json-seq',
    'application/x-www-form-urlencoded',
    'application/json; charset=utf-16',
    'application/json; charset = latin1',
    'text/json',
    'json',
    '+json',
    'application/+json',
  ])('refuses %j', (values) => {
    expect(() => assertJsonType(values)).toThrow(MediaTypeUnsupportedError);
  });
});
