import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { sourceAliases } from './test/support/source-aliases.js';

/** The long tests: input at random, other input each time. A failure says how to repeat it. */
const config: ViteUserConfig = defineConfig({
  resolve: { alias: sourceAliases() },
  test: {
    include: ['test/soak/**/*.soak.ts'],
    testTimeout: 3_600_000,
    maxWorkers: 2,
  },
});

export default config;
