// Uses the installed package on whatever runtime runs this, and prints what came out as JSON: one
// member for each case. The cases are the same for all runtimes, and so are the answers.
//
// usage: RUNTIME program.mjs SETTINGS
// SETTINGS is JSON text: see `ProgramSettings` of run-program.ts
import process from 'node:process';
import { createAuthorizer, definePermission, roles } from 'feast-permissions';
import { createGate } from 'feast-permissions/gate';
import { feastAuth, readJson, requires } from 'feast-permissions/hono';
import { createAuthenticator, createTokenSource } from 'feast-permissions/identity';
import { loadAuthorizer } from 'feast-permissions/node';
import { Hono } from 'hono';

const settings = JSON.parse(process.argv[2]);
const { createHttpClient } = await import(settings.httpClientUrl);
const MAX_BYTES = 64 * 1024;

const viewNamed = (name) => ({ type: 'FeatureView', name, tags: {} });

/** The name of an error's kind, and its message. */
async function outcome(action) {
  try {
    return await action();
  } catch (error) {
    return `${error.code ?? error.name}: ${error.message.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')}`;
  }
}

function createPermissions() {
  return [
    definePermission({
      name: 'readers',
      types: 'FeatureView',
      namePatterns: '^driver_(?:stats|\\d+)$',
      actions: ['DESCRIBE', 'READ'],
      policy: roles('reader'),
    }),
    definePermission({
      name: 'writers',
      types: 'FeatureView',
      actions: ['DESCRIBE', 'WRITE'],
      policy: roles('writer'),
    }),
  ];
}

async function core() {
  const authorizer = createAuthorizer({ permissions: createPermissions() });
  const reader = { username: 'alice', roles: ['reader'] };
  const can = (action, name) => authorizer.can(reader, action, viewNamed(name));
  const loaded = await loadAuthorizer(settings.repository, { allowNoAuth: true });
  loaded.close();
  return {
    'a name that matches': can('READ_ONLINE', 'driver_1٣'),
    'another name': can('READ_ONLINE', 'driver_x'),
    'another action': can('WRITE_ONLINE', 'driver_stats'),
    'a denial': await outcome(() =>
      authorizer.assert(reader, 'WRITE_ONLINE', viewNamed('driver_stats')),
    ),
    'a filter': authorizer
      .filter(reader, 'READ_ONLINE', ['driver_stats', 'orders'].map(viewNamed))
      .map(({ name }) => name),
    'a feature repository': loaded.snapshot.permissions.length > 0,
  };
}

async function server() {
  const authenticator = createAuthenticator(settings.auth);
  const gate = createGate({
    authenticator,
    authorizer: createAuthorizer({ permissions: createPermissions() }),
    telemetry: false,
  });
  const app = new Hono();
  app.use(feastAuth(gate));
  const view = requires('DESCRIBE', ({ req }) => viewNamed(req.param('name')));
  app.get('/views/:name', view, (context) => context.text(context.var.feast.subject.username));
  const views = requires('WRITE_ONLINE', async (context) =>
    (await readJson(context)).names.map(viewNamed),
  );
  app.post('/views', views, (context) => context.text('written'));
  const ask = async (token, path, body) => {
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const method = body === undefined ? 'GET' : 'POST';
    const response = await app.request(path, { method, headers, body });
    return response.ok ? `${response.status} ${await response.text()}` : response.status;
  };
  const { tokens } = settings;
  const answers = {};
  for (const [name, token] of Object.entries(tokens)) {
    answers[`a token: ${name}`] = await ask(token, '/views/driver_stats');
  }
  answers['no token'] = await ask(undefined, '/views/driver_stats');
  answers['a view that no permission of the caller covers'] = await ask(tokens.reader, '/views/x');
  answers['a body, allowed'] = await ask(tokens.writer, '/views', '{"names":["a","b"]}');
  answers['a body, refused'] = await ask(tokens.reader, '/views', '{"names":["a","b"]}');
  answers['a body that is not JSON'] = await ask(tokens.writer, '/views', '{"names":');
  answers['a body that is too long'] = await ask(
    tokens.writer,
    '/views',
    JSON.stringify({ names: ['x'.repeat(20 * 1024 * 1024)] }),
  );
  await authenticator.close();
  return answers;
}

/** A signal that ends a request with a reason of its own while no answer has come. */
function abortedSoon() {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('not needed any more')), 100);
  return controller.signal;
}

async function outgoing() {
  const { origin, tlsOrigin } = settings.hostile;
  const send = (address, options = {}, request = {}) => {
    const client = createHttpClient({ timeoutSeconds: 1, maxBytes: MAX_BYTES, ...options });
    return outcome(async () => {
      const { status, body } = await client({ url: new URL(address), ...request });
      return `${status} ${body}`;
    });
  };
  const patient = { timeoutSeconds: 60 };
  return {
    'an answer': await send(origin, patient),
    'a POST': await send(origin, patient, { body: '{}' }),
    'an endless answer': await send(`${origin}/endless`, patient),
    'an endless answer by TLS': await send(`${tlsOrigin}/endless`, {
      ...patient,
      caCertPath: settings.certificate,
    }),
    'an endless answer to a POST': await send(`${origin}/endless`, patient, { body: '{}' }),
    'an answer that trickles': await send(`${origin}/trickle`),
    'no answer': await send(`${origin}/silent`),
    'a redirect to another server': await send(`${origin}/redirect`, patient),
    'an answer that is compressed': await send(`${origin}/compressed`, patient),
    'an unknown certificate': await send(tlsOrigin, patient),
    'a known certificate': await send(tlsOrigin, { ...patient, caCertPath: settings.certificate }),
    'a closed port': await send(settings.closed, patient),
    'a signal': await send(`${origin}/silent`, patient, { signal: abortedSoon() }),
    'an identity provider without an end': await outcome(() =>
      createAuthenticator({
        ...settings.auth,
        authDiscoveryUrl: `${origin}/endless/.well-known/openid-configuration`,
      }).authenticate({ authorization: `Bearer ${settings.tokens.reader}` }),
    ),
    'client credentials': await outcome(() =>
      createTokenSource(settings.clientAuth, { maxAttempts: 1 }).getToken(),
    ),
    'client credentials that are refused': await outcome(() =>
      createTokenSource(
        { ...settings.clientAuth, clientSecret: 'wrong' },
        { maxAttempts: 1 },
      ).getToken(),
    ),
  };
}

const results = { core: await core(), server: await server(), outgoing: await outgoing() };
process.stdout.write(`${JSON.stringify(results)}\n`);
