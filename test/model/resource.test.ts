import { describe, expect, it } from 'vitest';
import { formatResource, freezeTags } from '../../src/model/index.js';

describe('formatResource', () => {
  it.each([
    [{ type: 'Entity', name: 'driver' }, 'Entity:driver'],
    [{ type: 'Entity', name: 'driver', project: 'p' }, 'Entity:p/driver'],
    [{ type: 'Entity', name: 'a\nb' }, 'Entity:a\\u000ab'],
  ])('names %j', (resource, text) => {
    expect(formatResource(resource)).toBe(text);
  });

  it('cuts a long name', () => {
    expect(formatResource({ type: 'Entity', name: 'x'.repeat(1_000_000) })).toHaveLength(201);
  });
});

describe('freezeTags', () => {
  it('has no inherited member, and takes any name for an own one', () => {
    const tags = freezeTags([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    expect(Object.entries(tags)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    expect('toString' in tags).toBe(false);
    expect(Object.isFrozen(tags)).toBe(true);
  });
});
