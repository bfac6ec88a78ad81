import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { INestApplication } from '@nestjs/common';
import { afterAll, test } from 'vitest';
import { createApp as createAppOfExample } from '../../../examples/servers/nestjs.js';
import type { Gate } from '../../../src/gate/index.js';
import { readProjectFile } from '../../project/project-files.js';
import { expectExample } from './example-requests.js';

const guide = readProjectFile('docs/servers.md');
const [, app = ''] = /^## NestJS\n\n```ts\n([\s\S]*?)^```$/m.exec(guide) ?? [];

// Beside this file, so that packages are found.
const build = fileURLToPath(new URL('.build', import.meta.url));
mkdirSync(build, { recursive: true });
const folder = mkdtempSync(join(build, 'guide-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'app.ts'), app);
writeFileSync(
  join(folder, 'tsconfig.json'),
  JSON.stringify({ compilerOptions: { experimentalDecorators: true } }),
);

test('the example in the guide does what it says', async () => {
  const { createApp } = (await import(/* @vite-ignore */ join(folder, 'app.ts'))) as {
    createApp(gate: Gate): Promise<INestApplication>;
  };
  await expectExample(createApp);
});

test('and so does the one without decorator syntax', async () => {
  await expectExample(createAppOfExample);
});
