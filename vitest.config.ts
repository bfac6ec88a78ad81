import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { sourceAliases } from './test/support/source-aliases.js';

const TESTS = ['test/**/*.test.ts', 'examples/**/*.test.ts'];

/** Tests that replace modules, or need the state of modules as it is at the start of a process. */
const ISOLATED = [
  // Secrets of the process.
  'test/redaction/**/*.test.ts',
  'test/net/mask-secrets.test.ts',
  // The table of names of characters, before it is loaded.
  'test/config/character-names.test.ts',
  'test/matchers/name-pattern/named-characters.test.ts',
  // The configuration of zod.
  'test/model/check-schema.test.ts',
  // The clock and the timers of the process.
  'test/adapters/*/expired-*.test.ts',
  'test/adapters/support/answer-watch.test.ts',
  'test/gate/{accept-empty,end-with-token,faults,freshness,unsettled}.test.ts',
  'test/identity/kubernetes/review-queue.test.ts',
  'test/platforms/secrets/secret-store.test.ts',
  // Modules that are missing or replaced.
  'test/engine/compile-permissions.test.ts',
  'test/gate/telemetry.test.ts',
  'test/identity/kubernetes/config.test.ts',
  'test/testing/guide.test.ts',
];

const config: ViteUserConfig = defineConfig({
  resolve: {
    // Examples import the package as its users do.
    alias: sourceAliases(),
  },
  test: {
    projects: [
      {
        extends: true,
        // Loading the sources anew for each file took half of the time.
        test: { name: 'shared', isolate: false, include: TESTS, exclude: ISOLATED },
      },
      { extends: true, test: { name: 'isolated', include: ISOLATED } },
    ],
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
