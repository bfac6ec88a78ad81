import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startFakeWorkspace } from '../../../support/databricks/index.js';

test('a workspace for tests leaves no files behind', async () => {
  const [one, other] = [await startFakeWorkspace(), await startFakeWorkspace()];
  const files = [one.caCertPath, other.caCertPath];
  expect(files.map((file) => existsSync(file))).toEqual([true, true]);
  await one.stop();
  expect(files.map((file) => existsSync(file))).toEqual([false, true]);
  await other.stop();
  expect(files.map((file) => existsSync(file))).toEqual([false, false]);
});
