import { describe, expect, it } from 'vitest';
import { type FeatureStoreConfig, parseFeatureStoreConfig } from '../../src/config/index.js';
import { ConfigInvalidError } from '../../src/model/errors.js';

const STORES = `online_store:
  type: sqlite
  path: data/online_store.db
offline_store:
  type: file
entity_key_serialization_version: 3
`;
const FILE_REGISTRY = `project: credit_scoring
provider: local
registry: data/registry.db
${STORES}`;
const SQL_REGISTRY = `project: credit_scoring
provider: local
registry:
  registry_type: sql
  path: sqlite:///data/registry_sql.db
  cache_ttl_seconds: 60
${STORES}`;
const OIDC = `${FILE_REGISTRY}# the same store over a SQL registry is feature_store_sql.yaml.
auth:
  type: oidc
  auth_discovery_url: http://127.0.0.1:18999/realms/master/.well-known/openid-configuration
  client_id: feast-server
`;
const ALLOW_ALL = `project: allow_all_demo
provider: local
registry: data/registry.db
online_store: {type: sqlite, path: data/online_store.db}
entity_key_serialization_version: 3
`;

function parse(text: string): FeatureStoreConfig {
  return parseFeatureStoreConfig(text, { file: '/repo/feature_store.yaml' });
}

function problems(text: string): readonly string[] {
  try {
    parseFeatureStoreConfig(text, { file: 'f.yaml' });
  } catch (error) {
    if (!(error instanceof ConfigInvalidError)) throw error;
    const [first, ...others] = error.errors.map((one) => one.message);
    // The first message goes on with the others.
    return [first?.replace(/ \(and \d+ more: .*$/, '') ?? '', ...others];
  }
  return [];
}

const REGISTRY = 'registry: data/registry.db\n';

describe('feature stores that Feast applied', () => {
  it('have a file registry', () => {
    expect(parse(FILE_REGISTRY)).toEqual({
      file: '/repo/feature_store.yaml',
      baseDirectory: '/repo',
      project: 'credit_scoring',
      provider: 'local',
      registry: {
        type: 'file',
        path: '/repo/data/registry.db',
        url: undefined,
        cacheTtlSeconds: 600,
        options: {},
      },
      auth: { type: 'no_auth' },
      warnings: [],
    });
    expect(parse(ALLOW_ALL)).toMatchObject({
      project: 'allow_all_demo',
      auth: { type: 'no_auth' },
    });
  });

  it('have a registry beside their folder', () => {
    const { registry } = parse(FILE_REGISTRY.replace('data/registry.db', '../repo2/registry.db'));
    expect(registry.path).toBe('/repo2/registry.db');
  });

  it('have a SQL registry', () => {
    expect(parse(SQL_REGISTRY).registry).toEqual({
      type: 'sql',
      path: undefined,
      url: 'sqlite:///data/registry_sql.db',
      cacheTtlSeconds: 60,
      options: {},
    });
  });

  it('have an OIDC server', () => {
    expect(parse(OIDC).auth).toEqual({
      type: 'oidc',
      role: 'server',
      authDiscoveryUrl: 'http://127.0.0.1:18999/realms/master/.well-known/openid-configuration',
      clientId: 'feast-server',
      uiClientId: undefined,
      verifySsl: true,
      caCertPath: '',
      audience: undefined,
      issuer: undefined,
      jwksCacheLifespanSeconds: 300,
      jwksRequestTimeoutSeconds: 10,
    });
  });
});

describe('the registry section', () => {
  function registry(section: string): FeatureStoreConfig['registry'] {
    return parse(`project: p\n${section}`).registry;
  }

  it('must be there', () => {
    const message = 'f.yaml:1:1: `registry` is missing. Name the registry, for example';
    expect(problems('project: p')).toEqual([expect.stringContaining(message)]);
  });

  it.each(['{}', '{cache_ttl_seconds: 0}', '{registry_store_type: FileRegistryStore}'])(
    'names its file, as `%s` does not: Feast would read the folder as if it were one',
    (section) => {
      const message = '`registry.path` is missing. Name the file, for example';
      expect(problems(`project: p\nregistry: ${section}`)).toEqual([
        expect.stringContaining(message),
      ]);
    },
  );

  it('may leave its file to a store class of its own', () => {
    expect(registry('registry: {registry_store_type: my.Store}')).toMatchObject({
      type: 'file',
      path: undefined,
      url: undefined,
    });
  });

  it('may have an absolute path', () => {
    expect(registry('registry: /data/registry.db').path).toBe('/data/registry.db');
    expect(registry('registry: {path: /data/registry.db}').path).toBe('/data/registry.db');
  });

  it.each(['s3://bucket/registry.pb', 'gs://bucket/registry.pb', 'https://x/y', 'file:///x'])(
    'keeps the URL %s',
    (url) => {
      expect(registry(`registry: ${url}`)).toMatchObject({ type: 'file', url, path: undefined });
      expect(registry(`registry: {path: "${url}"}`)).toMatchObject({ url, path: undefined });
    },
  );

  it('keeps types and fields that it does not know, as written', () => {
    const section = `registry:
  registry_type: snowflake.registry
  account: acme
  __proto__: {polluted: true}
  constructor: [1, two]
`;
    const { type, url, path, options } = registry(section);
    expect({ type, url, path }).toEqual({
      type: 'snowflake.registry',
      url: undefined,
      path: undefined,
    });
    expect(options['account']).toBe('acme');
    expect(options['constructor']).toEqual([1, 'two']);
    expect(options['toString']).toBeUndefined();
    expect(options['polluted']).toBeUndefined();
    expect(registry('registry: {registry_type: remote, path: "host:6570", is_tls: yes}')).toEqual({
      type: 'remote',
      path: undefined,
      url: 'host:6570',
      cacheTtlSeconds: 600,
      options: { is_tls: true },
    });
  });

  it.each([
    ['registry:', 2, 1, '`registry` must be a path or a mapping'],
    ['registry: 5', 2, 11, '`registry` must be a path or a mapping'],
    ['registry: 2026-01-31', 2, 11, '`registry` must be a path or a mapping'],
    ['registry: [a]', 2, 11, '`registry` must be a path or a mapping'],
    ["registry: ''", 2, 11, '`registry.path` must not be empty'],
    ['registry: {path: 5}', 2, 18, '`registry.path` must be a string'],
    ['registry: {path: null}', 2, 12, '`registry.path` must be a string'],
    ['registry: {registry_type: sql}', 2, 1, '`registry.path` is missing'],
    ['registry: {registry_type: remote}', 2, 1, '`registry.path` is missing'],
    ['registry: {registry_type: 5}', 2, 27, '`registry.registry_type` must be a string'],
    ["registry: {registry_type: ''}", 2, 27, '`registry.registry_type` must not be empty'],
  ])('is refused: %s', (section, line, column, message) => {
    expect(problems(`project: p\n${section}\n`)).toEqual([`f.yaml:${line}:${column}: ${message}`]);
  });

  it.each(['-1', '0.5', '"60"', 'yes', '.inf', '1e400'])('is refused with a time of %s', (ttl) => {
    expect(problems(`project: p\nregistry:\n  path: x\n  cache_ttl_seconds: ${ttl}\n`)).toEqual([
      'f.yaml:4:22: `registry.cache_ttl_seconds` must be a whole number of seconds, 0 or more',
    ]);
  });
});

describe('the project', () => {
  it.each(['p', 'credit_scoring', 'a-b', 'équipe', '2024x', '特徴'])('%s is a name', (name) => {
    expect(parse(`project: "${name}"\n${REGISTRY}`).project).toBe(name);
  });

  it.each(['', ' ', '_p', '-p', 'a b', 'a.b', 'a/b', '../x', 'a\\n'])('refuses "%s"', (name) => {
    expect(problems(`project: "${name}"\n${REGISTRY}`)).toEqual([
      'f.yaml:1:10: `project` must consist of letters, digits, `_` and `-`, and start with a letter or a digit',
    ]);
  });

  it('must be there, and be a string', () => {
    expect(problems(`provider: local\n${REGISTRY}`)).toEqual(['f.yaml:1:1: `project` is missing']);
    expect(problems(`project: 5\n${REGISTRY}`)).toEqual([
      'f.yaml:1:10: `project` must be a string',
    ]);
    expect(problems(`project: p\nprovider: [x]\n${REGISTRY}`)).toEqual([
      'f.yaml:2:11: `provider` must be a string',
    ]);
  });
});

describe('problems', () => {
  it('are all named, each at its line and column', () => {
    const text = `provider: local
registry:
  path: 5
auth:
  type: oidc
  auth_discovery_url: https://idp
  verify_ssl: maybe
  verify_sll: true
  __proto__: {}
`;
    expect(problems(text)).toEqual([
      'f.yaml:1:1: `project` is missing',
      'f.yaml:3:9: `registry.path` must be a string',
      'f.yaml:7:15: `auth.verify_ssl` must be true or false',
      'f.yaml:8:3: `auth.verify_sll` is not a known field here',
      'f.yaml:9:3: `auth.__proto__` is not a known field here',
    ]);
  });

  it('of credentials are said of the section', () => {
    expect(
      problems(`project: p\nauth: {type: oidc, token: t, token_env_var: V}\n${REGISTRY}`),
    ).toEqual([
      'f.yaml:2:7: `auth` must have one source of tokens, not `token` and `token_env_var`',
    ]);
    expect(problems(`project: p\nauth: {type: oidc, client_secret: s}\n${REGISTRY}`)[0]).toContain(
      'f.yaml:2:7: `auth` has incomplete client credentials',
    );
  });

  it('of the auth section as a whole', () => {
    const message = '`auth` must be a mapping with a `type`, or the word `no_auth`';
    expect(problems(`project: p\nauth:\n${REGISTRY}`)).toEqual([`f.yaml:2:1: ${message}`]);
    expect(problems(`project: p\nauth: kubernetes\n${REGISTRY}`)).toEqual([
      `f.yaml:2:7: ${message}: write \`auth: { type: kubernetes }\``,
    ]);
    expect(problems(`project: p\nauth: {}\n${REGISTRY}`)).toEqual([
      'f.yaml:2:1: `auth.type` is missing',
    ]);
    expect(problems(`project: p\nauth:\n  type: saml\n${REGISTRY}`)).toEqual([
      'f.yaml:3:9: `auth.type` must be `no_auth`, `kubernetes` or `oidc`',
    ]);
  });

  it.each(['', '# nothing', '5', 'text', '[a]', '- a', 'null', '2026-01-31'])(
    'of a file that is not a mapping: %j',
    (text) => {
      expect(problems(text)).toEqual([
        'f.yaml:1:1: a feature store must be a mapping with a `project`',
      ]);
    },
  );

  it('of the caller are TypeErrors', () => {
    for (const text of [undefined, null, 5, Buffer.from('project: p')]) {
      expect(() => parseFeatureStoreConfig(text as never)).toThrow(TypeError);
    }
  });
});

describe('parseFeatureStoreConfig', () => {
  it('reads nothing from the process', () => {
    const { registry, file, baseDirectory } = parseFeatureStoreConfig(
      'project: p\nregistry: $PATH',
    );
    expect({ path: registry.path, file, baseDirectory }).toEqual({
      path: '$PATH',
      file: undefined,
      baseDirectory: undefined,
    });
  });

  it('takes the folder for relative paths from the caller first', () => {
    const options = { file: 'a/feature_store.yaml', baseDirectory: '/b' };
    const text = 'project: p\nregistry: data/registry.db';
    expect(parseFeatureStoreConfig(text, options).registry.path).toBe('/b/data/registry.db');
    expect(parseFeatureStoreConfig(text, { file: 'a/f.yaml' }).registry.path).toBe(
      'a/data/registry.db',
    );
  });

  it('looks at no other section', () => {
    const text = `project: p\nonline_store: 5\nflags: {a: [b]}\n5: x\nAUTH: {type: nonsense}\n${REGISTRY}`;
    expect(parse(text).auth).toEqual({ type: 'no_auth' });
  });

  it('gives values that stay as they are', () => {
    const config = parse(OIDC);
    for (const part of [config, config.auth, config.registry, config.registry.options]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('keeps empty strings where Feast does', () => {
    const text = `project: p\nauth: {type: oidc, token: "", audience: ""}\n${REGISTRY}`;
    expect(parse(text).auth).toMatchObject({ role: 'client', token: '', audience: '' });
  });

  it('lets a Kubernetes section hold other fields', () => {
    const text = `project: p\nauth: {type: kubernetes, user_token: t, other: 1}\n${REGISTRY}`;
    const { auth, warnings } = parse(text);
    expect(auth).toEqual({ type: 'kubernetes', userToken: 't' });
    expect(warnings).toEqual([
      '/repo/feature_store.yaml:2:41: `auth.other` has no effect with `kubernetes`',
    ]);
  });
});

describe('an auth section by another name', () => {
  it.each(['auths', 'aut', 'uth', 'auht', 'Auth', 'auth ', '_auth', 'buth', 'authn'])(
    'is an error: %j',
    (key) => {
      expect(problems(`project: p\n${REGISTRY}"${key}": {type: oidc}\n`)).toEqual([
        `f.yaml:3:1: \`${key}\` is not read: did you mean \`auth\`? Without an \`auth\` section a server lets everyone in`,
      ]);
    },
  );

  it.each([
    ['authentication: {type: oidc}', '3:1: `authentication`'],
    ['AUTH: {type: oidc}', '3:1: `AUTH`'],
    ['online_store:\n  type: sqlite\n  auth: {type: oidc}', '5:3: `online_store.auth`'],
    ['registry_extra: {auth: x}', '3:18: `registry_extra.auth`'],
  ])('is a warning: %s', (section, place) => {
    const { auth, warnings } = parse(`project: p\n${REGISTRY}${section}\n`);
    expect(auth).toEqual({ type: 'no_auth' });
    expect(warnings).toEqual([
      `/repo/feature_store.yaml:${place} is not read: only a top-level \`auth\` section protects a server`,
    ]);
  });

  it.each(['ath_mode', 'oauths', 'batch_engine', 'path', 'au', 'authority_x'.slice(2)])(
    'is not suspected in %j',
    (key) => {
      const { warnings } = parse(`project: p\n${REGISTRY}${key}: 1\n`);
      expect(warnings).toEqual([]);
    },
  );
});

describe('mistakes with a known way out', () => {
  it('names the type that was probably meant', () => {
    expect(problems(`project: p\n${REGISTRY}auth: {type: odic}`)).toEqual([
      'f.yaml:3:14: `auth.type` must be `no_auth`, `kubernetes` or `oidc`; did you mean `oidc`?',
    ]);
    expect(problems(`project: p\n${REGISTRY}auth: kubernets`)[0]).toContain(
      'write `auth: { type: kubernetes }`',
    );
  });

  it.each(['client_secret', 'client_id', 'username', 'password'])(
    'asks for quotes around a %s of digits',
    (field) => {
      const [problem] = problems(`project: p\n${REGISTRY}auth: {type: oidc, ${field}: 1234}`);
      expect(problem).toContain(
        `\`auth.${field}\` must be a string: write it in quotes. The Feast`,
      );
      expect(problem).not.toContain('1234');
    },
  );
});

describe('environment variables of the auth section', () => {
  const parseWith = (auth: string, env: Record<string, string>) =>
    parseFeatureStoreConfig(`project: p\n${REGISTRY}auth:\n  type: oidc\n  ${auth}\n`, {
      file: 'f.yaml',
      env,
    }).auth;

  it('must be set', () => {
    expect(() => parseWith('token: ${TOKEN}', {})).toThrow(
      'f.yaml:5:10: `auth.token` refers to the environment variable `TOKEN`, which is not set. Set it, or write a default: `${TOKEN:-default}`',
    );
    expect(() => parseWith('token: &t "a$TOKEN"', {})).toThrow('f.yaml:5:13: `auth.token` refers');
    expect(parseWith('token: ${TOKEN}', { TOKEN: 'x$y' })).toMatchObject({ token: 'x$y' });
    expect(parseWith('token: "${TOKEN}"', { TOKEN: '' })).toMatchObject({ token: '' });
  });

  it('are found behind an alias and a merge key, and all of them named', () => {
    const text = `project: p\n${REGISTRY}base: &b {type: oidc, token: "\${A}"}\nauth: {<<: *b, issuer: "\${B}"}\n`;
    let thrown: unknown;
    try {
      parseFeatureStoreConfig(text, { file: 'f.yaml', env: {} });
    } catch (error) {
      thrown = error;
    }
    const messages = (thrown as ConfigInvalidError).errors.map(({ message }) => message);
    expect(messages).toHaveLength(2);
    expect(messages.join()).toMatch(/`auth\.issuer`.*`B`.*`auth\.token`.*`A`/s);
  });

  it('are not named where a password may hold the name', () => {
    expect(() => parseWith('password: pa$zebra', {})).toThrow(ConfigInvalidError);
    expect(() => parseWith('password: pa$zebra', {})).not.toThrow(/zebra/);
  });

  it('may have a default', () => {
    const auth = 'auth_discovery_url: ${URL:-https://idp/x}\n  audience: "${AUD:-a, b}"';
    expect(parseWith(auth, {})).toMatchObject({
      authDiscoveryUrl: 'https://idp/x',
      audience: 'a, b',
    });
    expect(parseWith(auth, { URL: 'https://other', AUD: '' })).toMatchObject({
      authDiscoveryUrl: 'https://other',
      audience: 'a, b',
    });
    expect(
      parseFeatureStoreConfig(`project: p\n${REGISTRY}auth: {type: \${T:-no_auth}}`).auth,
    ).toEqual({ type: 'no_auth' });
  });

  it('stay as written in other sections', () => {
    const { registry } = parseFeatureStoreConfig('project: p\nregistry: $PLACE/${X}.db');
    expect(registry.path).toBe('$PLACE/${X}.db');
  });
});

describe('a field of `registry` that is not read', () => {
  it.each(['pth: x', 'registry_type: sql, pth: x'])('is an error for `%s`', (fields) => {
    expect(problems(`project: p\nregistry: {${fields}}\n`)).toEqual([
      expect.stringContaining('`registry.path` is missing: is `pth` meant to be `path`?'),
    ]);
  });

  it.each([
    ['path: x, cache_ttl_second: 5', 'cache_ttl_second', 'did you mean `cache_ttl_seconds`?'],
    ['path: x, registry_typ: sql', 'registry_typ', 'did you mean `registry_type`?'],
  ])('warns of `%s`', (fields, field, message) => {
    const { registry, warnings } = parse(`project: p\nregistry: {${fields}}\n`);
    expect(registry).toMatchObject({ type: 'file', path: '/repo/x', cacheTtlSeconds: 600 });
    expect(warnings).toEqual([expect.stringContaining(message)]);
    expect(warnings[0]).toContain(field);
  });

  it.each(['path: x', 'path: x, cache_mode: sync', 'path: x, s3_additional_kwargs: {a: b}'])(
    'is silent on `%s`, which is known to Feast',
    (fields) => {
      expect(parse(`project: p\nregistry: {${fields}}\n`).warnings).toEqual([]);
    },
  );
});
