import { readFileSync } from 'node:fs';
import { runInThisContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseFeatureStoreConfig } from '../../../src/config/parse-feature-store-config.js';
import {
  type Authenticator,
  createAuthenticator,
  type HttpClient,
} from '../../../src/identity/index.js';
import { createSigningKey, FakeProvider, NOW, type SigningKey } from '../fake-provider.js';
import { PROVIDER_TOKENS, type ProviderTokens } from './provider-tokens.js';

const PAGE = readFileSync(new URL('../../../docs/identity.md', import.meta.url), 'utf8');
const RECIPES = new Map(
  (PAGE.split('\n## ').find((section) => section.startsWith('Recipes\n')) ?? '')
    .split('\n### ')
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('\n')), text] as const),
);

let key: SigningKey;

beforeAll(async () => {
  key = await createSigningKey('key', 'RS256');
});

/**
 * The code of a recipe, with a provider that answers without a network, and a clock that stands
 * still.
 */
function createFromRecipe(recipe: string, issuer: string): Authenticator {
  const [yaml, code] = ['yaml', 'ts'].map(
    (language) => recipe.split(`\n\`\`\`${language}\n`)[1]?.split('\n```')[0] ?? '',
  ) as [string, string];
  const { auth } = parseFeatureStoreConfig(`project: demo\nregistry: registry.db\n${yaml}\n`);
  const httpClient: HttpClient = async ({ url }) => {
    const document = { issuer, jwks_uri: `${url.origin}/keys` };
    const body = url.pathname === '/keys' ? { keys: [key.jwk] } : document;
    return { status: 200, retryAfter: undefined, body: JSON.stringify(body) };
  };
  const create = (given: typeof auth, options: object): Authenticator =>
    createAuthenticator(given, { ...options, httpClient, now: () => NOW * 1000 });
  const run = runInThisContext(`(createAuthenticator, auth) => ${code.replace(/;$/, '')}`) as (
    ...values: readonly unknown[]
  ) => Authenticator;
  return run(create, auth);
}

/** A token of the provider: its common claims, and those given here. */
function sign(
  { issuer, common = {} }: ProviderTokens,
  claims: Readonly<Record<string, unknown>>,
): Promise<string> {
  const own = { iss: issuer, sub: undefined, preferred_username: undefined, ...common, ...claims };
  return new FakeProvider().sign(own, { key });
}

it('has a recipe for each of twelve providers, and tokens for each recipe', () => {
  expect([...RECIPES.keys()]).toEqual(Object.keys(PROVIDER_TOKENS));
  expect(RECIPES.size).toBe(12);
});

for (const [name, tokens] of Object.entries(PROVIDER_TOKENS)) {
  describe(`the recipe for ${name}`, () => {
    const create = (): Authenticator => createFromRecipe(RECIPES.get(name) ?? '', tokens.issuer);

    it('leaves nothing open that a warning would tell', () => {
      expect(create().warnings).toEqual([]);
    });

    for (const [what, [claims, subject]] of Object.entries(tokens.accepted)) {
      it(`knows ${what}`, async () => {
        const authenticated = await create().authenticate({ token: await sign(tokens, claims) });
        const { username, roles, groups } = authenticated ?? {};
        expect({ username, roles, groups }).toEqual({ roles: [], groups: [], ...subject });
      });
    }

    for (const [what, [claims, reason]] of Object.entries(tokens.refused)) {
      it(`refuses ${what}`, async () => {
        await expect(
          create().authenticate({ token: await sign(tokens, claims) }),
        ).rejects.toMatchObject({
          code: 'ERR_IDENTITY_INVALID',
          message: expect.stringContaining(reason) as string,
        });
      });
    }
  });
}
