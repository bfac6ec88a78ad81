import { expect, test } from 'vitest';
import { transcript } from '../recording.js';
import { makeSecret } from './make-secret.js';

// Only the search over all files can know that it is a secret.
test('a secret of the quiet file', () => {
  const bytes = Array.from(Buffer.from(makeSecret('quiet')));
  transcript.record('decision', `as a list: ${bytes.join(', ')}`);
  expect(transcript.search()).toEqual([]);
});
