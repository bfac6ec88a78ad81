import { defineConfig, type ViteUserConfig } from 'vitest/config';
import e2e from '../../../../vitest.e2e.config.js';

/** The files of this folder, run as the slow tests are. */
const config: ViteUserConfig = defineConfig({
  ...e2e,
  test: { ...e2e.test, include: ['test/e2e/support/leaks/*.leaks.ts'], maxWorkers: 1 },
});

// biome-ignore lint/style/noDefaultExport: Vitest takes a default export only.
export default config;
