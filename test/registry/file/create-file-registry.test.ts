import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileRegistry } from '../../../src/registry/index.js';
import { describeRegistrySource } from '../support/source-contract.js';

describeRegistrySource('a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'registry-'));
  const path = join(folder, 'registry.db');
  return {
    open: async () => createFileRegistry({ path }),
    write: (bytes) => writeFile(path, bytes),
    breakDown: () => rm(path),
    close: () => rm(folder, { recursive: true }),
  };
});
