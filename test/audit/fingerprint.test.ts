import { describe, expect, test } from 'vitest';
import { type Finding, fingerprintFindings } from '../../src/audit/index.js';

const READERS: Finding = {
  rule: 'open-read',
  level: 'warning',
  message: 'permission `readers` lets everyone do READ_ONLINE on 3 resources',
  permission: { project: 'shop', name: 'readers' },
};

const one = (finding: Finding): string => fingerprintFindings([finding])[0] ?? '';

describe('fingerprintFindings', () => {
  test('gives 32 hexadecimal digits', () => {
    expect(one(READERS)).toMatch(/^[0-9a-f]{32}$/);
  });

  test('stays the same when the message, the level and other findings change', () => {
    const other: Finding = { ...READERS, permission: { project: 'shop', name: 'writers' } };
    const changed: Finding = { ...READERS, level: 'error', message: 'on 4 resources' };
    expect(fingerprintFindings([other, changed])[1]).toBe(one(READERS));
  });

  test.each<[string, Partial<Finding>]>([
    ['rule', { rule: 'open-write' }],
    ['name', { permission: { project: 'shop', name: 'reader' } }],
    ['project', { permission: { project: null, name: 'readers' } }],
    ['object', { object: 'auth' }],
    ['resource', { resource: { project: 'shop', type: 'Entity', name: 'readers' } }],
  ])('differs with another %s', (_, change) => {
    expect(one({ ...READERS, ...change })).not.toBe(one(READERS));
  });

  test('tells a resource from a permission of the same name and project', () => {
    const resource = { project: null, type: 'shop', name: 'readers' };
    const permission = { project: 'shop', name: 'readers' };
    const base = { rule: 'look-alike-names', level: 'warning', message: 'm' } as const;
    expect(one({ ...base, resource })).not.toBe(one({ ...base, permission }));
  });

  test('tells several findings of one rule and object apart by their messages', () => {
    const [first, second] = [
      { ...READERS, message: 'a' },
      { ...READERS, message: 'b' },
    ];
    const both = fingerprintFindings([first, second]);
    expect(new Set(both).size).toBe(2);
    expect(fingerprintFindings([second, first])).toEqual([...both].reverse());
  });

  test('is unique even where findings repeat each other', () => {
    const all = fingerprintFindings([READERS, READERS, READERS]);
    expect(new Set(all).size).toBe(3);
  });

  test('takes the message of a finding about nothing in particular', () => {
    const base = { rule: 'iam-malformed', level: 'error' } as const;
    expect(one({ ...base, message: 'a' })).not.toBe(one({ ...base, message: 'b' }));
  });
});
