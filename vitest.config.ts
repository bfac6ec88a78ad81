import { defineConfig, type ViteUserConfig } from 'vitest/config';

const here = new URL('.', import.meta.url).pathname;

const config: ViteUserConfig = defineConfig({
  resolve: {
    // Examples import the package as its users do.
    alias: [
      { find: /^feast-permissions$/, replacement: `${here}src/index.ts` },
      { find: /^feast-permissions\/(.+)$/, replacement: `${here}src/$1/index.ts` },
    ],
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
