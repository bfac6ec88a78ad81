// Writes the API reference, docs/api: one page for each module of the package. Fails where a public
// name has no documentation. TypeDoc needs a TypeScript of its own, which the lock beside this
// script pins.
//
// usage: npm run docs:api [-- --check]
//   --check   changes nothing, and fails where the pages differ from the sources
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const isCheck = process.argv.includes('--check');
process.chdir(fileURLToPath(new URL('../..', import.meta.url)));

const packages = execFileSync('bash', ['scripts/e2e/npm-folder.sh', '../api-reference'], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
}).trim();
const typedoc = await import(join(packages, 'node_modules/typedoc/dist/index.js'));

/** Each module of the package, by the name that TypeDoc gives it: the path of its source. */
const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const modules = new Map(
  Object.entries(exports).flatMap(([path, target]) => {
    if (typeof target === 'string') return [];
    const source = target.types.replace('./dist/', '').replace('.d.ts', '');
    const name = path === '.' ? 'feast-permissions' : path.slice(2);
    return [[source, { name, entryPoint: `src/${source}.ts` }]];
  }),
);

const { ReflectionKind } = typedoc;

/** How TypeDoc reads the sources, and how it writes pages. */
const OPTIONS = {
  plugin: [join(packages, 'node_modules/typedoc-plugin-markdown/dist/index.js')],
  entryPoints: [...modules.values()].map(({ entryPoint }) => entryPoint),
  basePath: 'src',
  tsconfig: 'scripts/api-reference/tsconfig.json',
  name: 'feast-permissions',
  readme: 'none',
  blockTags: [...typedoc.OptionDefaults.blockTags, '@source'],
  disableGit: true,
  disableSources: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  validation: { invalidLink: true, notDocumented: true, notExported: false },
  // Properties are left out: many are said by their names and types. `checkOptions` looks at those
  // of options.
  requiredToBeDocumented: ['Class', 'Function', 'Interface', 'Method', 'TypeAlias', 'Variable'],
  // Members of types without a name.
  intentionallyNotDocumented: [
    'feast-permissions.PolicyTest.__type.grants',
    'databricks/endpoints.EndpointFile.token.__type.connect',
    ...['getTracer', 'getTracerProvider'].map((name) => `gate.TelemetryApi.trace.__type.${name}`),
    ...['', '.__type.setAttributes', '.__type.end'].map(
      (rest) => `gate.TelemetryApi.trace.__type.getTracer.__type.startSpan${rest}`,
    ),
    'gate.TelemetryApi.metrics.__type.getMeterProvider',
  ],
  treatWarningsAsErrors: true,
  router: 'module',
  hideBreadcrumbs: true,
  hidePageHeader: true,
  useCodeBlocks: true,
  expandObjects: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  tableColumnSettings: {
    hideDefaults: true,
    hideInherited: true,
    hideModifiers: true,
    hideOverrides: true,
    hideSources: true,
  },
  pageTitleTemplates: {
    index: 'API reference',
    module: ({ name }) => (name === 'feast-permissions' ? name : `feast-permissions/${name}`),
  },
  logLevel: 'Warn',
};

/** Links to errors, which sources name without an import. */
function resolveErrors(app) {
  app.converter.addUnknownSymbolResolver((reference, { project }) => {
    const name = reference.symbolReference?.path?.[0]?.path;
    const target = project
      .getReflectionsByKind(ReflectionKind.Class)
      .find((one) => one.name === name);
    return target && { target };
  });
}

/** Warns of options without documentation. */
function checkOptions(app, project) {
  for (const type of project.getReflectionsByKind(ReflectionKind.Interface)) {
    if (!type.name.endsWith('Options')) continue;
    for (const option of type.children ?? []) {
      if (option.kindOf(ReflectionKind.Property) && !option.hasComment()) {
        app.logger.warn(`option ${option.getFullName()} has no documentation`);
      }
    }
  }
}

/** Writes all pages into `folder`. @returns whether TypeDoc found nothing wrong */
async function writePages(folder) {
  const app = await typedoc.Application.bootstrapWithPlugins(OPTIONS);
  app.converter.on(typedoc.Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      module.name = modules.get(`${module.name}/index`)?.name ?? modules.get(module.name).name;
    }
  });
  resolveErrors(app);
  const project = await app.convert();
  if (project === undefined) return false;
  app.validate(project);
  checkOptions(app, project);
  await app.outputs.writeOutput({ name: 'markdown', path: folder }, project);
  return !app.logger.hasErrors() && !app.logger.hasWarnings();
}

/** The text of every page below a folder, by its path. */
function readPages(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    files
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );
}

const scratch = mkdtempSync(join(tmpdir(), 'api-reference-'));
try {
  const isWhole = await writePages(isCheck ? scratch : 'docs/api');
  if (!isWhole) process.exitCode = 1;
  if (isCheck) {
    const [wanted, present] = [readPages(scratch), readPages('docs/api')];
    const differ = [...new Set([...wanted.keys(), ...present.keys()])].filter(
      (path) => wanted.get(path) !== present.get(path),
    );
    for (const path of differ) process.stderr.write(`docs/api/${path} is out of date\n`);
    if (differ.length > 0) {
      process.stderr.write('`npm run docs:api` writes the pages again\n');
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(scratch, { recursive: true });
}
