// What users copy from the guides compiles, and what is wrong does not.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, test } from 'vitest';
import { readProjectFile } from '../project/project-files.js';
import { blocksOf } from '../testing/guide-blocks.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What the compiler says of the project in a folder. */
function runCompiler(place: string): string {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', place], {
    encoding: 'utf8',
  });
  return `${stdout}exit code ${status}`;
}

// Beside this file, so that packages are found.
const build = fileURLToPath(new URL('.build', import.meta.url));
mkdirSync(build, { recursive: true });
const beside = mkdtempSync(join(build, 'guide-'));
const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-guide-'));
afterAll(() => {
  rmSync(beside, { recursive: true });
  rmSync(folder, { recursive: true });
});

const servers = readProjectFile('docs/servers.md');
const [, app = ''] = /^## NestJS\n\n```ts\n([\s\S]*?)^```$/m.exec(servers) ?? [];

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

test('the NestJS example, and what else users write, compiles', () => {
  expect(app).toContain('createFeastGuard');
  writeFileSync(join(beside, 'app.ts'), app);
  writeFileSync(join(beside, 'consumer.ts'), CONSUMER);
  writeFileSync(join(beside, 'tsconfig.json'), JSON.stringify(CONFIG));
  expect(runCompiler(beside)).toBe('exit code 0');
});

const [vitestTypes = '', jestTypes = '', nodeTest = ''] = blocksOf(
  readProjectFile('docs/testing.md'),
  'ts',
);

describe('the types of the matchers', () => {
  /** What the compiler says of a user's files, where only `packages` are installed. */
  function compile(
    files: Readonly<Record<string, string>>,
    packages: Readonly<Record<string, string>>,
  ): string {
    const place = mkdtempSync(join(folder, 'user-'));
    for (const [name, declarations] of Object.entries(packages)) {
      const home = join(place, 'node_modules', name);
      mkdirSync(home, { recursive: true });
      writeFileSync(join(home, 'index.d.ts'), declarations);
      writeFileSync(join(home, 'package.json'), '{ "type": "module", "types": "./index.d.ts" }');
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text);
    const config = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        typeRoots: [join(root, 'node_modules/@types')],
        // The sources are reached by their paths, and with them the declarations of optional peers.
        skipLibCheck: true,
        paths: {
          'feast-permissions': [join(root, 'src/index.ts')],
          'feast-permissions/*': [join(root, 'src/*/index.ts')],
        },
      },
      include: ['*.ts'],
    };
    writeFileSync(join(place, 'tsconfig.json'), JSON.stringify(config));
    writeFileSync(join(place, 'package.json'), '{ "type": "module" }');
    return runCompiler(place);
  }

  const USE = `
    import { createAuthorizer } from 'feast-permissions';
    import { feastPermissionMatchers } from 'feast-permissions/testing';
    void feastPermissionMatchers;
    const authorizer = createAuthorizer({ permissions: [] });
    const resource = { type: 'Entity', name: 'e' } as const;
    expect(authorizer).toAllow({ subject: null, actions: 'CREATE', resource });
    // @ts-expect-error an action that the vocabulary does not have
    expect(authorizer).toAllow({ subject: null, actions: 'CRATE', resource });
    // @ts-expect-error no question
    expect(authorizer).toDeny();
    // @ts-expect-error no authorizer
    expect(resource).toAllow({ subject: null, actions: 'CREATE', resource });
  `;
  const MATCHERS = 'interface Matchers<R extends void | Promise<void>, T = unknown> {}';
  const EXPECT = 'declare const expect: <T>(actual: T) => Matchers<void, T>;';

  it('need neither vitest nor jest', () => {
    expect(compile({ 'use.ts': nodeTest }, {})).toBe('exit code 0');
  });

  it('come with the import where matchers are global, and with the lines shown elsewhere', () => {
    const runner = `export ${MATCHERS}\nexport ${EXPECT}`;
    const files = {
      'globals.d.ts': `
        declare namespace jest { interface Matchers<R, T = {}> { toBe(expected: T): R } }
        declare const expect: <T>(actual: T) => jest.Matchers<void, T>;
      `,
      'use-globals.ts': USE,
      'use-vitest.ts': `import { expect } from 'vitest';${USE}`,
      'vitest-types.ts': vitestTypes,
      'use-jest.ts': `import { expect } from 'expect';${USE}`,
      'jest-types.ts': jestTypes,
    };
    expect(compile(files, { vitest: runner, expect: runner })).toBe('exit code 0');
  });
});
