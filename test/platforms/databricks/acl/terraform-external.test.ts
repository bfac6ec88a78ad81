import { describe, expect, test } from 'vitest';
import type { ServicesFile } from '../../../../src/platforms/databricks/acl/index.js';
import { read } from './read-fixture.js';

const external = (values: object): object => ({
  address: 'module.link.data.external.token[0]',
  mode: 'data',
  type: 'external',
  values,
});

/** What a program was asked and answered, read from a state; and what is masked of it. */
function readExternal(values: object): readonly [ServicesFile, readonly string[]] {
  const masked: string[] = [];
  const state = {
    format_version: '1.0',
    values: { root_module: { resources: [external(values)] } },
  };
  const file = read(state, { onSecret: ({ value }) => masked.push(value) });
  for (const value of masked) expect(JSON.stringify(file)).not.toContain(value);
  return [file, masked];
}

const noted = ({ facts }: ServicesFile): unknown =>
  facts.storedSecrets.map(({ attribute, isToken }) => [attribute, isToken]);

describe('what a program outside was asked', () => {
  test.each([
    ['client_secret', false],
    ['clientSecret', false],
    ['admin_password', false],
    ['api-key', false],
    ['AWS_SECRET_ACCESS_KEY', false],
    ['token', true],
    ['refresh_token_value', true],
  ])('is masked and noted where it is called %s', (name, isToken) => {
    const [file, masked] = readExternal({
      query: { [name]: 'a-secret-value', region: 'eu-west-1' },
    });
    expect(new Set(masked)).toEqual(new Set(['a-secret-value']));
    expect(noted(file)).toEqual([[`query.${name}`, isToken]]);
  });

  test.each(['client_id', 'token_url', 'secret_name', 'key'])(
    'is left where it is called %s',
    (name) => {
      const [file, masked] = readExternal({ query: { [name]: 'no secret' } });
      expect(masked).toEqual([]);
      expect(noted(file)).toEqual([]);
    },
  );
});

describe('what it answered', () => {
  test('is masked whatever it is called, and noted by its name', () => {
    const [file, masked] = readExternal({
      result: { access_token: 'a-token-value', x: 'a-value' },
    });
    expect(new Set(masked)).toEqual(new Set(['a-token-value', 'a-value']));
    expect(noted(file)).toEqual([['result.access_token', true]]);
  });

  test.each([
    ['is not there', {}],
    ['is null', { query: null, result: null, program: null }],
    ['is no object', { query: 'token', result: ['token'], program: 7 }],
    ['holds no text', { query: { token: null }, result: { token: 7, secret: '' } }],
  ])('and %s, is passed over', (_, values) => {
    const [file, masked] = readExternal(values);
    expect(masked).toEqual([]);
    expect(noted(file)).toEqual([]);
    expect(file.facts.tokenScripts).toEqual([]);
  });
});

test('a plan has it in the state before', () => {
  const masked: string[] = [];
  const before = external({ program: ['./get-aad-token.py'], result: { token: 'a-token-value' } });
  const { facts } = read(
    {
      format_version: '1.2',
      planned_values: { root_module: {} },
      prior_state: { values: { root_module: { resources: [before] } } },
    },
    { onSecret: ({ value }) => masked.push(value) },
  );
  expect(masked).toContain('a-token-value');
  expect(facts.storedSecrets).toMatchObject([{ attribute: 'result.token', isToken: true }]);
  expect(facts.tokenScripts).toEqual([{ address: 'module.link.data.external.token[0]' }]);
});
