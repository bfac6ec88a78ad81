// Bundles the command line: `dist/cli` becomes a few files that hold what it needs of this package
// and of most of its dependencies, so that a command starts fast. The rest of `dist` stays as the
// compiler wrote it.
//
// The bundle imports nothing from the rest of `dist`: a command's process has one copy of every
// module, and so of the state in it. Undici and jose stay packages: they guard connections and
// signatures, and users update them without waiting for a release of this package.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = (path) => join(root, 'src', 'cli', path);

const { peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** Packages that are not part of the bundle: two dependencies, and the user's optional ones. */
const EXTERNAL = ['undici', 'jose', ...Object.keys(peerDependencies)];
const isExternal = (id) =>
  id.startsWith('node:') || EXTERNAL.some((name) => id === name || id.startsWith(`${name}/`));

/**
 * Chunks by what loads their modules, the first that fits: few files are found faster than many.
 */
const CHUNKS = [
  { name: 'start', entries: ['main.ts'] },
  { name: 'common', entries: ['commands/run-list.ts', 'commands/run-services-endpoint.ts'] },
  { name: 'store', entries: ['commands/run-list.ts', 'commands/run-audit.ts'] },
];

/** The modules that load with `entry`, on-demand ones left out. */
function loadedWith(entry, context, loaded = new Set()) {
  if (loaded.has(entry)) return loaded;
  loaded.add(entry);
  for (const id of context.getModuleInfo(entry)?.importedIds ?? []) loadedWith(id, context, loaded);
  return loaded;
}

/** The groups of rolldown that make {@link CHUNKS}. */
function chunkGroups() {
  return CHUNKS.map(({ name, entries }, index) => {
    let loaded;
    return {
      debugName: name,
      priority: CHUNKS.length - index,
      name(id, context) {
        // The entry waits for the command, which would wait for the entry if both were in one
        // chunk.
        if (id === source('main.ts')) return null;
        loaded ??= entries.map((entry) => loadedWith(source(entry), context));
        return loaded.every((ids) => ids.has(id)) ? name : null;
      },
    };
  });
}

/** The folder of the package that `id` belongs to, below `node_modules`. */
function packageOf(id) {
  return /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(id)?.[1];
}

/**
 * The licences of the bundled packages, which ask that copies carry them. A package without a file
 * of its licence states it at the beginning of its modules.
 */
function licencesOf(modules) {
  const folders = new Set(modules.map(packageOf).filter((folder) => folder !== undefined));
  const sections = [...folders]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((folder) => {
      const { name, version, license } = JSON.parse(
        readFileSync(join(folder, 'package.json'), 'utf8'),
      );
      const file = readdirSync(folder).find((one) => /^licen[cs]e(\.\w+)?$/i.test(one));
      const text =
        file === undefined
          ? noticesOf(modules.filter((id) => packageOf(id) === folder))
          : readFileSync(join(folder, file), 'utf8').trim();
      return `# ${name} ${version} (${license})\n\n${text}`;
    });
  return `The files beside this one hold code of these packages. The text of the Apache License,
Version 2.0, is in the file LICENSE of this package.\n\n${sections.join('\n\n')}\n`;
}

/** The distinct copyright notices at the beginning of modules. */
function noticesOf(modules) {
  const notices = modules.map((id) => /^(?:\/\/.*\n)+/.exec(readFileSync(id, 'utf8'))?.[0] ?? '');
  return [...new Set(notices)]
    .filter((notice) => notice.includes('Copyright'))
    .map((notice) => notice.replaceAll(/^\/\/ ?/gm, '').trim())
    .join('\n\n');
}

/**
 * Writes the bundle into the folder `target`, in place of what is there.
 *
 * @returns the paths of the modules in it
 */
export async function bundleCli(target) {
  const bundle = await rolldown({
    input: { main: source('main.ts') },
    platform: 'node',
    cwd: root,
    external: isExternal,
    // Node.js is given one CommonJS module, of which nothing can be left out.
    resolve: { alias: { yaml: join(root, 'node_modules/yaml/browser/dist/index.js') } },
    transform: {
      target: 'node20.19',
      inject: {
        'Intl.Segmenter': [join(root, 'scripts', 'bundle', 'lazy-segmenter.mjs'), 'LazySegmenter'],
      },
    },
  });
  const { output } = await bundle.generate({
    format: 'esm',
    // All files lie in one folder, from which `package.json` is as far as from `src/cli`.
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    codeSplitting: { groups: chunkGroups() },
    // Errors are called what their classes are called.
    minify: {
      compress: { keepNames: { class: true, function: false } },
      mangle: { keepNames: { class: true, function: false } },
    },
    comments: false,
  });
  await bundle.close();
  const modules = output.flatMap(({ moduleIds }) => moduleIds ?? []);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const { fileName, code } of output) writeFileSync(join(target, fileName), code);
  writeFileSync(join(target, 'LICENSES.txt'), licencesOf(modules));
  return modules;
}
