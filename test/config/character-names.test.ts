import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadPermissionFile, parsePermissionFile } from '../../src/config/index.js';

const KELVIN = '\\N{KELVIN SIGN}_.*';

test('a permission file that is loaded may name characters, and one that is parsed once they are loaded', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'character-names-'));
  try {
    const file = join(folder, 'permissions.yaml');
    const text = `permissions: [{ name: a, name_patterns: '${KELVIN}', policy: { roles: [b] } }]`;
    writeFileSync(file, text);
    expect(() => parsePermissionFile(text)).toThrow('`loadPermissionFile`');
    expect(await loadPermissionFile(file)).toMatchObject([{ namePatterns: [KELVIN] }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
