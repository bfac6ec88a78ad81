import { describe, expect, it } from 'vitest';
import {
  compiledOf,
  createAuthorizer,
  isSnapshot,
  prepareSnapshot,
  type Snapshot,
} from '../../src/engine/index.js';
import { feastVocabulary } from '../../src/model/index.js';
import { definePermission, roles } from '../../src/policy/index.js';

const readers = definePermission({ name: 'readers', actions: 'READ', policy: roles('r') });
const options = {
  permissions: [readers, { name: 'odd', namePatterns: ['(a)\\1'] }],
  resources: [{ type: 'Entity', name: 'e', tags: { team: 'x' }, project: 'p' }],
  onUnsupportedPattern: 'exclude',
  version: '7',
} as const;

describe('a snapshot', () => {
  const { snapshot } = createAuthorizer(options);

  it('shows its version, vocabulary, permissions, warnings and resources', () => {
    const { version, vocabulary, permissions, warnings, enforced } = snapshot;
    expect({ version, enforced }).toEqual({ version: '7', enforced: true });
    expect(vocabulary).toBe(feastVocabulary);
    expect(permissions.map(({ name }) => name)).toEqual(['readers', 'odd']);
    expect(permissions[0]).toBe(readers);
    expect(warnings).toEqual([expect.stringContaining('permission `odd` is excluded')]);
    expect([...snapshot.resources()]).toEqual(options.resources);
  });

  it('hides what it was compiled to, and cannot be changed', () => {
    const members = new Set<string>();
    for (let object: object | null = snapshot; object !== null && object !== Object.prototype; ) {
      for (const name of Object.getOwnPropertyNames(object)) members.add(name);
      object = Object.getPrototypeOf(object);
    }
    members.delete('constructor');
    expect([...members].sort()).toEqual(
      ['enforced', 'permissions', 'resources', 'version', 'vocabulary', 'warnings'].sort(),
    );
    expect(Object.isFrozen(snapshot)).toBe(true);
    expect(Object.isFrozen(snapshot.permissions)).toBe(true);
    expect(snapshot.permissions).toBe(snapshot.permissions);
  });

  it('is the same one as long as it is in force', async () => {
    const authorizer = createAuthorizer(options);
    const { snapshot: before } = authorizer;
    expect(authorizer.snapshot).toBe(before);
    const next = await prepareSnapshot(options);
    authorizer.replace(next);
    expect(authorizer.snapshot).toBe(next);
  });

  it.each<[string, unknown]>([
    ['a copy of its members', { ...snapshot, version: '7', permissions: [], warnings: [] }],
    ['an object that inherits from one', Object.create(snapshot)],
    ['null', null],
    ['text', 'snapshot'],
  ])('is not %s', (_, value) => {
    expect(() => compiledOf(value as Snapshot)).toThrow(TypeError);
  });

  it('is not what JSON can spell', () => {
    const forged: unknown = JSON.parse('{"Symbol(feast-permissions.snapshot)":true}');
    expect(isSnapshot(forged)).toBe(false);
    expect(() => createAuthorizer(forged as never)).toThrow(TypeError);
  });
});
