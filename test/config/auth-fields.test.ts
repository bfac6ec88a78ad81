import { expect, it } from 'vitest';
import { parseFeatureStoreConfig } from '../../src/config/index.js';
import { AUTH_FIELDS } from '../../src/config/parse-auth-section.js';

const VALUES: Readonly<Record<string, string>> = {
  verify_ssl: 'true',
  jwks_cache_lifespan_seconds: '60',
  jwks_request_timeout_seconds: '5',
  token_refresh_margin_seconds: '5',
};

it.each(Object.entries(AUTH_FIELDS).filter(([kind]) => kind !== 'oidc client'))(
  'an auth section of kind %s takes each of its fields',
  (kind, fields) => {
    const lines = fields
      .filter((field) => field !== 'type')
      .map((field) => `  ${field}: ${VALUES[field] ?? 'text'}`);
    const text = ['project: p', 'registry: r.db', 'auth:', `  type: ${kind}`, ...lines].join('\n');
    expect(parseFeatureStoreConfig(text).auth.type).toBe(kind);
  },
);

it('an OIDC section of a client takes fields that one of a server does not', () => {
  const [server, client] = [AUTH_FIELDS['oidc'] ?? [], AUTH_FIELDS['oidc client'] ?? []];
  expect(server.filter((field) => !client.includes(field))).toEqual([]);
  expect(client.filter((field) => !server.includes(field))).toEqual([
    'username',
    'password',
    'client_secret',
    'token',
    'token_env_var',
    'token_refresh_margin_seconds',
  ]);
});
