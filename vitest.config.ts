import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { sourceAliases } from './test/support/source-aliases.js';

const config: ViteUserConfig = defineConfig({
  resolve: {
    // Examples import the package as its users do.
    alias: sourceAliases(),
  },
  test: {
    include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
    setupFiles: ['test/support/fail-on-console.ts'],
    testTimeout: 30_000,
    // The machines that run this are small and shared: one worker per core and no more.
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['**/gen/**', '**/index.ts'],
      reporter: ['text-summary', 'html', 'json-summary'],
      thresholds: { statements: 90, branches: 90, functions: 90, lines: 90 },
    },
  },
});

export default config;
