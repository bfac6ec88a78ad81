import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** The slow tests, against programs that are built, fetched and started for them. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    // The providers print what they think of their configuration.
    silent: 'passed-only',
    testTimeout: 120_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
  },
});

export default config;
