import { describe, expect, it } from 'vitest';
import { AttributeTable } from '../../src/policy/attribute-table.js';

describe('AttributeTable', () => {
  it('numbers roles, groups and namespaces of one name apart', () => {
    const attributes = new AttributeTable();
    const numbers = [
      attributes.role('a'),
      attributes.group('a'),
      attributes.namespace('a'),
      attributes.role('b'),
    ];
    expect(new Set(numbers).size).toBe(4);
    expect(attributes.role('a')).toBe(numbers[0]);
    const subject = {
      username: 'u',
      roles: ['a', 'unknown', 'a'],
      groups: ['b'],
      namespaces: ['a'],
    };
    expect([...attributes.of(subject)]).toEqual([numbers[0], numbers[2]]);
    expect([...attributes.of(null)]).toEqual([]);
  });
});
