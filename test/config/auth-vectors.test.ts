import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type AuthConfig, parseFeatureStoreConfig } from '../../src/config/index.js';
import { ConfigInvalidError } from '../../src/model/errors.js';

interface Vector {
  readonly id: string;
  readonly note: string;
  readonly yaml: string;
  readonly env: Readonly<Record<string, string>>;
  readonly result: {
    readonly ok?: Accepted;
    readonly error?: { readonly errors?: readonly { readonly loc: readonly string[] }[] };
  };
}

interface Accepted {
  readonly class: string | null;
  readonly fields: unknown;
}

interface Divergence {
  readonly id: string;
  readonly reason: string;
  readonly ours: { readonly ok: Accepted } | { readonly error: string };
}

const FOLDER = new URL('../conformance/', import.meta.url);
const vectors: readonly Vector[] = gunzipSync(readFileSync(new URL('config.jsonl.gz', FOLDER)))
  .toString('utf8')
  .trim()
  .split('\n')
  // Python writes an infinite number as a word that JSON does not have.
  .map((line) => JSON.parse(line.replaceAll(':Infinity', ':1e999')) as Vector);
const divergences = new Map<string, Divergence>(
  (
    JSON.parse(readFileSync(new URL('known-divergences.json', FOLDER), 'utf8')) as {
      readonly config: readonly Divergence[];
    }
  ).config.map((row) => [row.id, row]),
);

const PREFIX =
  'project: p\nprovider: local\nregistry: data/registry.db\nonline_store: {type: sqlite}\noffline_store: {type: dask}\n';

describe('auth sections that Feast answered', () => {
  it('has all of them, and no divergence of another', () => {
    expect(vectors).toHaveLength(105);
    const ids = new Set(vectors.map((vector) => vector.id));
    expect([...divergences.keys()].filter((id) => !ids.has(id))).toEqual([]);
  });

  for (const vector of vectors) {
    const divergence = divergences.get(vector.id);
    if (divergence === undefined) {
      it(`${vector.id} ${vector.note}`, () => expectSame(vector));
    } else {
      it(`${vector.id} ${vector.note}: differs, ${divergence.reason}`, () => {
        expect(answer(vector)).toEqual(divergence.ours);
        expect(() => expectSame(vector)).toThrow();
      });
    }
  }
});

describe('secrets', () => {
  const secret = 'do-not-show-this-0123456789';

  it('are in no message, whatever value is the secret', () => {
    let refused = 0;
    for (const vector of vectors) {
      for (const yaml of withSecrets(vector.yaml, secret)) {
        const error = refusal(PREFIX + yaml, vector.env);
        if (error === undefined) continue;
        refused += 1;
        expect(everythingSaid(error)).not.toContain(secret);
      }
    }
    expect(refused).toBeGreaterThan(100);
  });

  it.each([
    ['after a string', `auth: {type: oidc, token: "a" ${secret}}`],
    ['in an unclosed string', `auth: {type: oidc, token: "${secret}`],
    ['with an escape that is none', `auth: {type: oidc, token: "\\q${secret}"}`],
    ['as an alias', `auth: {type: oidc, token: *${secret}}`],
    ['as a tag', `auth: {type: oidc, token: !${secret} x}`],
    ['outside of any field', `auth:\n  type: oidc\n${secret}`],
    ['with a tab', `auth:\n\ttoken: ${secret}`],
    ['as the type', `auth: {type: ${secret}}`],
    ['as the whole section', `auth: ${secret}`],
    ['as the project', `project: "${secret} !"`],
    ['as the registry', `registry: [${secret}]`],
    ['from the environment', 'auth: {type: oidc, verify_ssl: $SECRET, audience: [$SECRET]}'],
  ])('are in no message: %s', (_, yaml) => {
    const error = refusal(yaml, { SECRET: secret });
    expect(error).toBeInstanceOf(ConfigInvalidError);
    expect(everythingSaid(error)).not.toContain(secret);
  });
});

function expectSame(vector: Vector): void {
  const { ok, error } = vector.result;
  if (ok !== undefined) {
    expect(answer(vector)).toEqual({ ok: { class: ok.class, fields: ok.fields } });
    return;
  }
  const refused = refusal(PREFIX + vector.yaml, vector.env);
  expect(refused).toBeInstanceOf(ConfigInvalidError);
  const messages = (refused as ConfigInvalidError).errors.map((one) => one.message).join('\n');
  const fields = error?.errors?.flatMap(({ loc }) => loc) ?? [];
  // The word `oidc` alone is refused for what it is, and not for the fields that it lacks.
  if (vector.id !== 'c008') {
    for (const field of fields) expect(messages).toContain(`\`auth.${field}\``);
  }
}

function answer(vector: Vector): unknown {
  const error = refusal(PREFIX + vector.yaml, vector.env);
  if (error !== undefined) return { error: (error as ConfigInvalidError).code };
  const { auth } = parseFeatureStoreConfig(PREFIX + vector.yaml, { env: vector.env });
  return { ok: { class: className(auth), fields: snakeCaseFields(auth) } };
}

function className(auth: AuthConfig): string {
  if (auth.type === 'no_auth') return 'NoAuthConfig';
  if (auth.type === 'kubernetes') return 'KubernetesAuthConfig';
  return auth.role === 'client' ? 'OidcClientAuthConfig' : 'OidcAuthConfig';
}

function snakeCaseFields(auth: AuthConfig): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(auth)
      .filter(([name]) => name !== 'role')
      .map(([name, value]) => [
        name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        value ?? null,
      ]),
  );
}

function refusal(yaml: string, env: Vector['env']): unknown {
  try {
    parseFeatureStoreConfig(yaml, { env });
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The section once for each `name: value` line, with the secret for the value. */
function withSecrets(yaml: string, secret: string): readonly string[] {
  const lines = yaml.split('\n');
  return lines.flatMap((line, index) => {
    const changed = line.replace(/^( *[\w-]+: ).+$/, `$1${secret}`);
    return changed === line ? [] : [lines.with(index, changed).join('\n')];
  });
}

/** The error with all that hangs on it, as a log would show it. */
function everythingSaid(error: unknown): string {
  return inspect(error, { depth: 10, showHidden: true });
}
