import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { sourceAliases } from './test/support/source-aliases.js';

/** The slow tests, against programs that are built, fetched and started for them. */
const config: ViteUserConfig = defineConfig({
  resolve: { alias: sourceAliases() },
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    // No secret is in anything that they put out.
    setupFiles: ['test/e2e/support/secret-search.ts'],
    globalSetup: ['test/e2e/support/search-after-run.ts'],
    // The providers print what they think of their configuration.
    silent: 'passed-only',
    testTimeout: 120_000,
    hookTimeout: 300_000,
    // At the end all that was put out is searched.
    teardownTimeout: 300_000,
    maxWorkers: 2,
  },
});

export default config;
