import { describe, expect, test } from 'vitest';
import {
  ENDPOINTS,
  endpointsOfFeast,
  FEAST_VERSIONS,
  findEndpoint,
  parseFeastVersion,
} from '../../src/gate/index.js';
import { testGate } from './gate-fixtures.js';

const NEWEST = FEAST_VERSIONS.at(-1);

describe('parseFeastVersion', () => {
  test.each([
    ['0.66', '0.66'],
    ['0.66.0', '0.66'],
    ['v0.66.12', '0.66'],
    ['0.67.0rc1', '0.67'],
    ['0.67.1.dev3+local', '0.67'],
  ])('%s is %s', (text, version) => {
    expect(parseFeastVersion(text)).toEqual({ version });
  });

  test('is the newest known version by default', () => {
    expect(parseFeastVersion()).toEqual({ version: NEWEST });
  });

  test.each(['0.65.0', '0.68.0', '1.0', '0.670', '00.67'])(
    'takes the newest for %s, with a warning that names it',
    (text) => {
      const { version, warning } = parseFeastVersion(text);
      expect(version).toBe(NEWEST);
      expect(warning).toContain(`\`${text}\``);
      expect(warning).toContain(`${NEWEST}`);
    },
  );

  test.each(['', 'latest', '0', '0.67.0 ', '0.67\n', '0.67/..', 'x'.repeat(100), 67, null])(
    'refuses %j',
    (text) => {
      expect(() => parseFeastVersion(text as string)).toThrow(TypeError);
    },
  );
});

describe('a gate', () => {
  test('guards the endpoints of the newest version by default', () => {
    const gate = testGate().gate;
    expect(gate.feastVersion).toBe(NEWEST);
    expect(gate.warnings).toEqual(['the test authenticator knows two tokens']);
  });

  test('guards those of the version that it is told', () => {
    expect(testGate({ feastVersion: '0.66.0' }).gate.feastVersion).toBe('0.66');
  });

  test('warns of a version that is not known', () => {
    const gate = testGate({ feastVersion: '9.1.0' }).gate;
    expect(gate.feastVersion).toBe(NEWEST);
    expect(gate.warnings).toContainEqual(expect.stringContaining('`9.1.0`'));
  });

  test('refuses what is not a version', () => {
    expect(() => testGate({ feastVersion: 'new' })).toThrow(TypeError);
  });
});

test('a version that is not known has the endpoints of the newest', () => {
  expect(endpointsOfFeast('9.1')).toBe(ENDPOINTS);
  expect(findEndpoint('registry-rest', 'GET', '/version', '9.1')).toBeDefined();
  expect(endpointsOfFeast('0.66')).not.toEqual(ENDPOINTS);
});
