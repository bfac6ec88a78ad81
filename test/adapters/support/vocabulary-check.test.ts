import { expect, test } from 'vitest';
import { assertInVocabulary, namedIn } from '../../../src/adapters/support/vocabulary-check.js';
import { feastVocabulary } from '../../../src/model/index.js';

const VIEW = { type: 'FeatureView', name: 'a' };

test('what the vocabulary has passes, and so does all where there is none', () => {
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
