import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { USER_AGENT } from '../../../../src/platforms/databricks/workspace/user-agent.js';

test('names the version of this package', () => {
  const file = new URL('../../../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
  expect(USER_AGENT).toBe(`feast-permissions/${version}`);
});
