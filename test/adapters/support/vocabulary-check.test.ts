import { describe, expect, it, test } from 'vitest';
import * as express from '../../../src/adapters/express/index.js';
import * as hono from '../../../src/adapters/hono/index.js';
import { Requires } from '../../../src/adapters/nestjs/index.js';
import { assertInVocabulary, namedIn } from '../../../src/adapters/support/vocabulary-check.js';
import { defineVocabulary, feastVocabulary } from '../../../src/model/index.js';

const VIEW = { type: 'FeatureView', name: 'a' };

test('accepts what the vocabulary has, and everything without a vocabulary', () => {
  const named = namedIn(['DESCRIBE', 'UPDATE'], [VIEW, { type: 'Entity' }]);
  expect(() => assertInVocabulary(feastVocabulary, named, 'x')).not.toThrow();
  expect(() => assertInVocabulary(undefined, namedIn('QUERY', VIEW), 'x')).not.toThrow();
  expect(() => assertInVocabulary(feastVocabulary, undefined, 'x')).not.toThrow();
});

test.each([
  [namedIn('DESCRIB'), 'x: action `DESCRIB` is unknown. Did you mean `DESCRIBE`?'],
  [namedIn('describe'), 'x: action `describe` is unknown. Did you mean `DESCRIBE`?'],
  [namedIn('__proto__'), 'x: action `__proto__` is unknown'],
  [namedIn('DESCRIBE', { type: 'View' }), 'x: resource type `View` is unknown'],
])('%j is refused', (named, message) => {
  expect(() => assertInVocabulary(feastVocabulary, named, 'x')).toThrow(message);
});

const models = defineVocabulary({ name: 'models', types: { Model: {} }, actions: { PREDICT: {} } });
const MODEL = { type: 'Model', name: 'a' };
type Make = (actions: string, resources: object, options?: object) => unknown;

describe.each([
  ['express', express.requires as Make],
  ['hono', hono.requires as Make],
  ['nestjs', Requires as Make],
])('a rule that is made without its gate: %s', (_, make) => {
  it('is refused when it is made, where it names what Feast does not have', () => {
    expect(() => make('DESCRIB', VIEW)).toThrow('Did you mean `DESCRIBE`?');
    expect(() => make('DESCRIB', () => VIEW)).toThrow('Did you mean `DESCRIBE`?');
    expect(() => make('DESCRIBE', { ...VIEW, type: 'FeatureViw' })).toThrow('`FeatureView`?');
    expect(() => make('PREDICT', MODEL)).toThrow('a rule without option `vocabulary`');
    expect(() => make('DESCRIBE', VIEW)).not.toThrow();
  });

  it('is read in the vocabulary that it is given', () => {
    expect(() => make('PREDICT', MODEL, { vocabulary: models })).not.toThrow();
    expect(() => make('PREDIC', MODEL, { vocabulary: models })).toThrow('`PREDICT`?');
    expect(() => make('DESCRIBE', MODEL, { vocabulary: models })).toThrow('`DESCRIBE` is unknown');
    expect(() => make('PREDICT', MODEL, { vocabulary: 'models' })).toThrow('must be a vocabulary');
  });
});
