import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFeatureStoreConfig } from '../../src/config/index.js';
import { parseYaml } from '../../src/config/parse-yaml.js';
import { ConfigInvalidError } from '../../src/model/errors.js';

/** Text that is often nearly YAML, and nearly a feature store. */
const nearlyYaml: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.constantFrom(
          ...'\n,\n,  ,: ,- ,? ,[,],{,},&a ,*a,!,!!str ,|,>,",\',#,%,@,<<: *a,---\n,...,\t,,$,${A},\\'.split(
            ',',
          ),
        ),
      },
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          'project: p\n',
          'registry: ',
          'auth: ',
          'type: ',
          'oidc',
          'kubernetes',
          'no_auth',
          'token: t',
          'path: ',
          'cache_ttl_seconds: ',
          '__proto__: ',
          'yes',
          '0x1',
          '1e3',
        ),
      },
      { weight: 1, arbitrary: fc.string({ maxLength: 4, unit: 'binary' }) },
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

describe('any text', () => {
  it('is a configuration or an error with its place', () => {
    fc.assert(
      fc.property(nearlyYaml, fc.string(), (text, A) => {
        let project: unknown;
        try {
          ({ project } = parseFeatureStoreConfig(text, { file: 'f.yaml', env: { A } }));
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigInvalidError);
          const { line, column } = error as ConfigInvalidError;
          const lines = text.split('\n');
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual((lines[(line ?? 1) - 1]?.length ?? 0) + 1);
          return;
        }
        expect(project).toBeTypeOf('string');
      }),
      { numRuns: 3000 },
    );
  });

  it('as a whole value of the environment is that value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (A) => {
        expect(parseYaml('a: "$A"\nb: 1', { env: { A } }).value).toEqual({ a: A, b: 1 });
      }),
    );
  });

  it('gives the same data written as JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (data) => {
        // What YAML does not allow unescaped, and `$`, which would be a variable.
        const text = JSON.stringify(data).replace(/[\u007f-\u009f\ufffe\uffff]/g, escapeUnit);
        const { value } = parseYaml(text);
        expect(JSON.stringify(withYamlNumbers(value))).toBe(JSON.stringify(withYamlNumbers(data)));
      }),
    );
  });
});

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** YAML 1.1 reads `1e+21` as text: it has no dot. */
function withYamlNumbers(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data), (_, value) =>
    typeof value === 'number' ? String(value) : value,
  );
}
