// Compares an installed Feast with what this package knows of it, and prints the differences, one a
// line: HTTP endpoints, gRPC methods, Flight commands, MCP tools, protobuf fields and enumerations,
// keys of the `auth` section. Prints nothing, and ends with 0, where there are none.
//
// usage: node scripts/feast-facts/compare.mjs [--learn] PYTHON|FACTS.json
//
// PYTHON: the interpreter of an environment with Feast; FACTS.json: what read_feast.py printed
// elsewhere. --learn adds its fields, enumerations and tools to test/conformance/feast_facts.json:
// run it with the oldest version first, and only after the differences have been looked at.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createViteServer } from 'vitest/node';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = join(root, 'scripts', 'feast-facts');
const knownFile = join(root, 'test', 'conformance', 'feast_facts.json');

/**
 * Paths that FastAPI adds, and those that a lineage server or a browser application has beside the
 * API.
 */
const FRAMEWORK_PATHS = new Set(['/', '/docs', '/docs/oauth2-redirect', '/redoc', '/openapi.json']);
/** WebSockets that the gate has no row for: the adapters guard them one by one. */
const WEBSOCKETS = new Set(['/ws/chat']);

const [learns, source] =
  process.argv[2] === '--learn' ? [true, process.argv[3]] : [false, process.argv[2]];
if (source === undefined)
  throw new Error('usage: node scripts/feast-facts/compare.mjs [--learn] PYTHON|FACTS.json');

function readFacts() {
  if (source.endsWith('.json')) return readFileSync(source, 'utf8');
  return execFileSync(source, [join(here, 'read_feast.py')], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

const feast = JSON.parse(readFacts());
const release = feast.version.split('.').slice(0, 2).join('.');
const known = JSON.parse(readFileSync(knownFile, 'utf8'));
const differences = [];

/** Says what one side has and the other lacks. */
function compare(what, theirs, ours) {
  for (const one of theirs) if (!ours.has(one)) differences.push(`${what} ${one} is not known`);
  for (const one of ours)
    if (!theirs.has(one)) differences.push(`${what} ${one} is not in Feast ${feast.version}`);
}

/** Names of parameters do not matter: `/{name}` and `/{id}` are one path. */
const pathOf = (path) => path.replace(/\{[^}]*\}/g, '{}');

function compareEndpoints(endpoints, findEndpoint) {
  for (const [server, routes] of Object.entries(feast.routes)) {
    const sockets = routes.filter(([method]) => method === 'WEBSOCKET').map(([, path]) => path);
    for (const path of sockets)
      if (!WEBSOCKETS.has(path)) differences.push(`WebSocket ${path} of ${server} is not known`);
    const theirs = routes
      .filter(([method]) => method !== 'WEBSOCKET')
      .map(([method, path]) => `${method} ${pathOf(path)}`);
    const ours = endpoints
      .filter((row) => row.server === server && !FRAMEWORK_PATHS.has(row.path))
      .map(({ method, path }) => `${method} ${pathOf(path)}`);
    compare(`endpoint of ${server}:`, new Set(theirs), new Set(ours));
  }
  const methods = endpoints.filter(({ path }) => path.startsWith('/feast.'));
  compare('gRPC method', new Set(feast.methods), new Set(methods.map(({ path }) => path)));
  compareFlight(endpoints.filter(({ server }) => server === 'offline'));
  for (const { name, server, requests } of feast.tools) {
    for (const [method, path] of requests) {
      const asked = path.replaceAll('{}', 'x');
      if (findEndpoint(server, method, asked, release) === undefined)
        differences.push(`MCP tool ${name} asks for ${method} ${path}, which is not known`);
    }
  }
}

const FLIGHT_METHODS = {
  do_put: 'DoPut',
  do_get: 'DoGet',
  do_exchange: 'DoExchange',
  get_flight_info: 'GetFlightInfo',
  list_flights: 'ListFlights',
  list_actions: 'ListActions',
  get_schema: 'GetSchema',
  do_action: 'DoAction',
};

function compareFlight(rows) {
  const apisOf = (method) => rows.filter((row) => row.method === method && row.path !== '');
  const read = new Set(apisOf('DoGet').map(({ path }) => path));
  const put = apisOf('DoPut').map(({ path }) => path);
  const written = new Set(put.filter((path) => !read.has(path)));
  compare('Flight command that reads:', new Set(feast.flight.read), read);
  compare('Flight command that writes:', new Set(feast.flight.written), written);
  const theirs = feast.flight.methods.map((method) => FLIGHT_METHODS[method]);
  compare('Flight method', new Set(theirs), new Set(rows.map(({ method }) => method)));
}

/** Fields by message, values by enumeration, and the tools. */
function namesOf() {
  const fields = Object.entries(feast.fields).map(([message, members]) => [
    message,
    Object.entries(members).map(([name, [number, type]]) => [name, `${number} ${type}`]),
  ]);
  const enums = Object.entries(feast.enums).map(([name, values]) => [
    name,
    Object.entries(values).map(([value, number]) => [value, `${number}`]),
  ]);
  const tools = feast.tools.map(({ name }) => [name, 'tool']);
  return [...fields, ...enums, ['feast mcp', tools]].flatMap(([owner, members]) =>
    members.map(([name, value]) => [owner, name, value]),
  );
}

/** The same as they are known, up to the version at hand: each version holds what it added. */
function compareKnown(versions) {
  const theirs = namesOf();
  const until = versions.includes(release) ? versions.indexOf(release) : versions.length;
  const ours = new Map(
    versions
      .slice(0, until + 1)
      .flatMap((version) => Object.entries(known[version] ?? {}))
      .flatMap(([owner, members]) =>
        Object.entries(members).map(([name, value]) => [`${owner}.${name}`, value]),
      ),
  );
  if (learns) return learn(theirs, ours);
  const names = theirs.map(([owner, name]) => `${owner}.${name}`);
  compare('field, value or tool', new Set(names), new Set(ours.keys()));
  for (const [owner, name, value] of theirs) {
    const before = ours.get(`${owner}.${name}`);
    if (before !== undefined && before !== value)
      differences.push(`${owner}.${name} is ${value}, and was ${before}`);
  }
}

function learn(theirs, ours) {
  known[release] ??= {};
  for (const [owner, name, value] of theirs) {
    if (ours.has(`${owner}.${name}`)) continue;
    known[release][owner] ??= {};
    known[release][owner][name] = value;
  }
  const lines = Object.entries(known).map(([version, owners]) => {
    const members = Object.entries(owners)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([owner, names]) => `    ${JSON.stringify(owner)}: ${JSON.stringify(names)}`);
    return `  ${JSON.stringify(version)}: {\n${members.join(',\n')}\n  }`;
  });
  writeFileSync(knownFile, `{\n${lines.join(',\n')}\n}\n`);
}

/** What our own schema says of the messages that it reads. */
function compareSchemas(files, scalarName) {
  for (const message of files.flatMap(({ messages }) => messages)) {
    const theirs = feast.fields[message.typeName];
    if (theirs === undefined) continue;
    for (const field of message.fields) {
      const [number, type] = theirs[field.name] ?? [];
      const ours = typeOf(field, scalarName);
      const isSame = number === field.number && typesAgree(type, ours);
      if (!isSame)
        differences.push(
          `we read ${message.typeName}.${field.name} as ${field.number} ${ours}, and it is ${number} ${type}`,
        );
    }
  }
}

function typeOf(field, scalarName) {
  if (field.fieldKind === 'map') return 'repeated message';
  const kind = field.fieldKind === 'list' ? field.listKind : field.fieldKind;
  const type = kind === 'scalar' ? scalarName(field.scalar) : kind;
  return field.fieldKind === 'list' ? `repeated ${type}` : type;
}

/** Enumerations are read as numbers. */
function typesAgree(theirs, ours) {
  return theirs !== undefined && theirs.replace('enum', 'int32') === ours.replace('enum', 'int32');
}

function compareAuth(fields) {
  for (const kind of new Set([...Object.keys(feast.auth), ...Object.keys(fields)]))
    compare(`key of auth (${kind}):`, new Set(feast.auth[kind] ?? []), new Set(fields[kind] ?? []));
}

const vite = await createViteServer({
  root,
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, watch: null, hmr: false, ws: false },
  optimizeDeps: { noDiscovery: true },
});
try {
  const [gate, versions, config, registry, relations, protobuf] = await Promise.all([
    vite.ssrLoadModule('/src/gate/endpoints/find-endpoint.ts'),
    vite.ssrLoadModule('/src/gate/endpoints/feast-version.ts'),
    vite.ssrLoadModule('/src/config/parse-auth-section.ts'),
    vite.ssrLoadModule('/src/registry/gen/registry_pb.ts'),
    vite.ssrLoadModule('/src/registry/gen/relations_pb.ts'),
    vite.ssrLoadModule('@bufbuild/protobuf'),
  ]);
  if (!versions.FEAST_VERSIONS.includes(release))
    differences.push(
      `Feast ${feast.version} is not known: compared with ${versions.NEWEST_FEAST_VERSION}`,
    );
  compareKnown(versions.FEAST_VERSIONS);
  compareEndpoints(gate.endpointsOfFeast(feast.version), gate.findEndpoint);
  compareSchemas([registry.file_registry, relations.file_relations], (scalar) =>
    protobuf.ScalarType[scalar].toLowerCase(),
  );
  compareAuth(config.AUTH_FIELDS);
} finally {
  await vite.close();
}
for (const difference of differences) process.stdout.write(`${difference}\n`);
process.exitCode = differences.length === 0 ? 0 : 1;
