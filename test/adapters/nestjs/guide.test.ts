import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { INestApplication } from '@nestjs/common';
import { afterAll, expect, test } from 'vitest';
import { createApp as createAppOfExample } from '../../../examples/servers/nestjs.js';
import type { Gate } from '../../../src/gate/index.js';
import { readProjectFile } from '../../project/project-files.js';
import { expectExample } from './example-requests.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const guide = readProjectFile('docs/servers.md');
const [, app = ''] = /^## NestJS\n\n```ts\n([\s\S]*?)^```$/m.exec(guide) ?? [];

const CONSUMER = `
  import { Body, Controller, Get, Post } from '@nestjs/common';
  import { createAuthorizer, defineVocabulary, type Subject } from 'feast-permissions';
  import { createGate, type Caller } from 'feast-permissions/gate';
  import { createFeastGuard, CurrentCaller, feastAuthentication, Requires } from 'feast-permissions/nestjs';

  const models = defineVocabulary({ name: 'models', types: { Model: {} }, actions: { PREDICT: {} } });
  const authenticator = { authenticate: async (): Promise<Subject | null> => null };
  const authorizer = createAuthorizer({ vocabulary: models, permissions: [], projects: ['p'] });
  const gate = createGate({ authenticator, authorizer });
  feastAuthentication(gate);
  createFeastGuard(gate, { unguarded: 'allow' });
  // @ts-expect-error no such word
  createFeastGuard(gate, { unguarded: 'ignore' });

  @Controller()
  @Requires('DESCRIBE', { type: 'Project', name: 'p' })
  export class Models {
    @Get()
    // @ts-expect-error an action that Feast does not have
    @Requires('PREDICT', { type: 'FeatureView', name: 'a' })
    first() {}

    @Get()
    // @ts-expect-error a type that Feast does not have
    @Requires('READ_ONLINE', { type: 'Model', name: 'a' })
    second() {}

    @Post()
    @Requires(
      'PREDICT',
      async ({ body }) => [{ type: 'Model', name: String(body) } as const],
      { vocabulary: models },
    )
    third(@Body() body: unknown, @CurrentCaller() caller: Caller | undefined) {
      return [body, caller?.can('DESCRIBE', { type: 'Entity', name: 'e' })];
    }
  }
`;

const CONFIG = {
  extends: join(root, 'tsconfig.json'),
  compilerOptions: { experimentalDecorators: true },
  include: ['*.ts'],
};

// Beside this file, so that packages are found.
const build = fileURLToPath(new URL('.build', import.meta.url));
mkdirSync(build, { recursive: true });
const folder = mkdtempSync(join(build, 'guide-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'app.ts'), app);
writeFileSync(join(folder, 'consumer.ts'), CONSUMER);
writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(CONFIG));

test('the example in the guide, and what else users write, compiles', { timeout: 120_000 }, () => {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', folder], {
    encoding: 'utf8',
  });
  expect(`${stdout}exit code ${status}`).toBe('exit code 0');
});

test('the example in the guide does what it says', async () => {
  const { createApp } = (await import(/* @vite-ignore */ join(folder, 'app.ts'))) as {
    createApp(gate: Gate): Promise<INestApplication>;
  };
  await expectExample(createApp);
});

test('and so does the one without decorator syntax', async () => {
  await expectExample(createAppOfExample);
});
