import { expect, test } from 'vitest';
import { transcript } from '../recording.js';
import { makeSecret } from './make-secret.js';

test('a secret that is put out nowhere in this file', () => {
  transcript.watchSecret(makeSecret('quiet'), 'secret of quiet');
  // oxlint-disable-next-line no-console -- what is printed is recorded.
  console.log('nothing');
  process.stdout.write('nothing\n');
  transcript.record('decision', { effect: 'deny' });
  expect(transcript.search()).toEqual([]);
});
