// Checks the package as its users get it: packs it, reads the tarball with publint and
// are-the-types-wrong, installs it into an empty folder and uses it there from the command line,
// ESM, CommonJS and TypeScript. Prints one line for each step, stops at the first failure with exit
// code 1 and leaves nothing behind.
//
// usage: node scripts/check-package.mjs
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { name, version, exports, peerDependencies } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);
const modules = Object.keys(exports)
  .filter((path) => !path.endsWith('.json'))
  .map((path) => name + path.slice(1));
/** Those that run on a framework; all others must load without any. */
const onFramework = new Set(['grpc', 'flight', 'hono', 'nestjs'].map((path) => `${name}/${path}`));

/**
 * What a TypeScript user writes: it must compile under strict rules, and answer right when it runs.
 */
const CONSUMER = `
import { createAuthorizer, definePermission } from '${name}';

const permission = definePermission({
  name: 'readers',
  types: 'FeatureView',
  actions: 'READ',
  policy: { type: 'RoleBasedPolicy', roles: ['reader'] },
});
const authorizer = createAuthorizer({ permissions: [permission] });
const view = { type: 'FeatureView', name: 'driver_stats', tags: {} } as const;
const reader: boolean = authorizer.can({ username: 'ann', roles: ['reader'] }, 'READ_ONLINE', view);
const stranger: boolean = authorizer.can({ username: 'bob' }, 'READ_ONLINE', view);
if (!reader || stranger) throw new Error('wrong decision');

export const misspelt = (): unknown =>
  // @ts-expect-error an action that no vocabulary has
  definePermission({ name: 'x', types: 'FeatureView', actions: 'REED_ONLINE' });
`;
const CONSUMER_CONFIG = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023'],
    module: 'nodenext',
    types: ['node'],
    typeRoots: [join(root, 'node_modules', '@types')],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
  },
  include: ['*.ts', '*.mts', '*.cts'],
};

/**
 * Runs a command and gives back what it wrote to standard output, or throws with all of its output.
 */
function run(command, args, { cwd = root, expected = [0] } = {}) {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    input: '',
    maxBuffer: 64 * 1024 * 1024,
    // npm and npx are command scripts there.
    shell: process.platform === 'win32' && command !== process.execPath,
  });
  if (error) throw error;
  if (expected.includes(status)) return stdout;
  throw new Error(`${[command, ...args].join(' ')}\nended with ${status}\n${stdout}${stderr}`);
}

/** Runs a development tool of this project. */
function runTool(packageName, command, args, options) {
  const folder = join(root, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = join(folder, typeof bin === 'string' ? bin : bin[command]);
  return run(process.execPath, [file, ...args], options);
}

function ensure(condition, message) {
  if (!condition) throw new Error(message);
}

function step(title, action) {
  try {
    const note = action();
    process.stdout.write(`ok      ${title}${note === undefined ? '' : `: ${note}`}\n`);
  } catch (error) {
    process.stdout.write(
      `FAILED  ${title}\n${error instanceof Error ? error.message : String(error)}\n`,
    );
    throw error;
  }
}

/** The scripts that npm runs, or warns of, when somebody installs a package. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare'];

function checkScripts(tarball) {
  const { scripts = {} } = JSON.parse(run('tar', ['-xzOf', tarball, 'package/package.json']));
  const found = INSTALL_SCRIPTS.filter((script) => script in scripts);
  ensure(found.length === 0, `scripts that run at the install: ${found.join(', ')}`);
}

/** Packs the project into `folder` and gives back the path of the tarball. */
function checkTarball(folder) {
  let tarball = '';
  step('npm pack', () => {
    const [pack] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder]));
    const paths = pack.files.map(({ path }) => path);
    const stray = paths.filter(
      (path) =>
        !/^(dist\/.*\.(d\.ts|js)|dist\/cli\/LICENSES\.txt|docs\/.*\.(md|json)|examples\/.*\.(db|json|md|py|ts|yaml)|bench\/README\.md|package\.json|[A-Z]+(\.md)?)$/.test(
          path,
        ),
    );
    ensure(stray.length === 0, `files that no user needs: ${stray.join(', ')}`);
    for (const path of ['LICENSE', 'README.md', 'dist/cli/LICENSES.txt'])
      ensure(paths.includes(path), `no ${path} inside`);
    tarball = join(folder, pack.filename);
    checkScripts(tarball);
    return `${paths.length} files, ${Math.ceil(pack.size / 1024)} KiB`;
  });
  step('publint', () => void runTool('publint', 'publint', ['run', tarball, '--strict']));
  step('are the types wrong', () => {
    runTool('@arethetypeswrong/cli', 'attw', [tarball, '--profile', 'esm-only']);
  });
  return tarball;
}

/** Installs the tarball into the empty `folder` and runs its command there. */
function checkCommand(tarball, folder) {
  const cli = (args, expected) =>
    run('npx', ['--no', '--', name, ...args], { cwd: folder, expected });
  step('install into an empty folder', () => {
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    run('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: folder });
  });
  step(`npx ${name} --help`, () => {
    ensure(cli(['--help'], [0]).includes('audit'), 'the help does not name `audit`');
  });
  step(`npx ${name} audit`, () => {
    const example = join(root, 'examples', 'credit_scoring');
    const { summary } = JSON.parse(cli(['audit', example, '--format', 'json'], [0, 1]));
    ensure(summary.resources > 0 && summary.permissions > 0, 'the audit of the example is empty');
    return `${summary.resources} resources, ${summary.permissions} permissions`;
  });
}

/**
 * Puts the optional peers, as this project has them, beside the package installed in `folder`, with
 * their types.
 */
function linkPeers(folder) {
  for (const peer of Object.keys(peerDependencies).flatMap((one) => [one, `@types/${one}`])) {
    const link = join(folder, 'node_modules', peer);
    const target = join(root, 'node_modules', peer);
    if (existsSync(link) || !existsSync(target)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(target, link);
  }
}

/**
 * Uses two installed copies of the package in one process: a denial of one is a denial to the gate
 * of the other, its permissions mean the same, and its snapshots are refused with the reason.
 */
const TWO_COPIES = `
const load = (folder) => import(folder + '/dist/index.js');
const [ours, theirs] = await Promise.all([load(process.argv[1]), load(process.argv[2])]);
const { createGate } = await import(process.argv[1] + '/dist/gate/index.js');
const { loadAuthorizer } = await import(process.argv[2] + '/dist/node.js');
const ensure = (condition, what) => { if (!condition) throw new Error(what); };
ensure(ours.createAuthorizer !== theirs.createAuthorizer, 'one copy was loaded twice');
const permission = theirs.definePermission({
  name: 'readers', types: 'FeatureView', namePatterns: 'glob:a*', actions: 'READ', policy: theirs.roles('reader'),
});
const authorizer = ours.createAuthorizer({ permissions: [permission] });
const view = { type: 'FeatureView', name: 'abc', tags: {} };
const subject = theirs.createAuthorizer({ permissions: [] }).for({ username: 'ann', roles: ['reader'] }).subject;
ensure(authorizer.can(subject, 'READ_ONLINE', view), 'permission or subject of the other copy');
const authenticator = { authenticate: async () => ({ username: 'bob' }) };
const gate = createGate({ authenticator, authorizer, telemetry: false });
const thrownBy = (call) => { try { call(); } catch (error) { return error; } throw new Error('nothing was thrown'); };
const denial = thrownBy(() => theirs.createAuthorizer({ permissions: [permission] }).assert({ username: 'bob' }, 'READ_ONLINE', view));
ensure(gate.refuse(denial).status === 403 && denial instanceof ours.PermissionDeniedError, 'denial of the other copy');
const failure = await loadAuthorizer('/none').catch((error) => error);
ensure(ours.isAuthzError(failure) && failure.code === 'ERR_CONFIG_INVALID', 'error of the other copy: ' + failure);
const foreign = thrownBy(() => ours.createAuthorizer(theirs.createAuthorizer({ permissions: [] }).snapshot));
ensure(/another installed copy/.test(foreign.message), 'snapshot of the other copy');
`;

function checkTwoCopies(folder) {
  step('two installed copies', () => {
    const ours = join(folder, 'node_modules', name);
    const theirs = join(folder, 'other', 'node_modules', name);
    cpSync(ours, theirs, { recursive: true });
    run(process.execPath, ['--input-type=module', '-e', TWO_COPIES, ours, theirs], { cwd: folder });
  });
}

/** Loads every subpath of the package installed in `folder`, in each way that a user may. */
function checkModules(folder) {
  const node = (...args) => run(process.execPath, args, { cwd: folder });
  const nonEmpty = 'if (Object.keys(m).length === 0) throw new Error("no exports")';
  const ordered = [
    ...modules.filter((path) => !onFramework.has(path)),
    ...modules.filter((path) => onFramework.has(path)),
  ];
  for (const path of ordered) {
    if (onFramework.has(path)) linkPeers(folder);
    step(`import ${path}`, () => {
      node('--input-type=module', '-e', `const m = await import('${path}'); ${nonEmpty}`);
    });
    step(`require ${path}`, () => {
      node('--input-type=commonjs', '-e', `const m = require('${path}'); ${nonEmpty}`);
    });
  }
  step('deep imports are refused', () => {
    const code = `import('${name}/dist/index.js').then(() => process.exit(1), () => {})`;
    node('-e', code);
  });
  step('compile and run a TypeScript consumer', () => {
    const imports = modules.map(
      (path, index) => `import * as m${index} from '${path}';\nvoid m${index};\n`,
    );
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(CONSUMER_CONFIG));
    writeFileSync(join(folder, 'consumer.ts'), CONSUMER);
    writeFileSync(join(folder, 'modules.mts'), imports.join(''));
    writeFileSync(join(folder, 'modules.cts'), imports.join(''));
    runTool('typescript', 'tsc', ['-p', folder]);
    for (const file of ['consumer.js', 'modules.mjs', 'modules.cjs']) node(file);
  });
}

const work = mkdtempSync(join(tmpdir(), `${name}-`));
const consumer = join(work, 'consumer');
try {
  mkdirSync(consumer);
  const tarball = checkTarball(work);
  checkCommand(tarball, consumer);
  checkModules(consumer);
  checkTwoCopies(consumer);
  process.stdout.write(`${name} ${version} is fit to publish\n`);
} catch {
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
