import { describe, expect, it, vi } from 'vitest';
import { createGate } from '../../src/gate/index.js';
import {
  createAuthorizer,
  definePermission,
  isAuthzError,
  PermissionDeniedError,
  prepareSnapshot,
  roles,
} from '../../src/index.js';

type Copy = typeof import('../../src/index.js');

/** A second evaluation of all modules: what a second installed copy of the package is. */
async function loadOtherCopy(): Promise<Copy> {
  vi.resetModules();
  const copy = await import('../../src/index.js');
  expect(copy.PermissionDeniedError).not.toBe(PermissionDeniedError);
  return copy;
}

const PERMISSION = {
  name: 'readers',
  types: ['FeatureView'],
  namePatterns: ['glob:a'],
  actions: ['READ_ONLINE'],
  policy: roles('reader'),
} as const;
const READER = { username: 'ann', roles: ['reader'] };
const view = (name: string) => ({ type: 'FeatureView', name, tags: {} }) as const;

describe('two copies of the package', () => {
  it('a denial of one copy is answered with 403 by the gate of the other', async () => {
    const other = await loadOtherCopy();
    const theirs = other.createAuthorizer({ permissions: [other.definePermission(PERMISSION)] });
    const gate = createGate({
      authorizer: createAuthorizer({ permissions: [definePermission(PERMISSION)] }),
      authenticator: { authenticate: () => Promise.resolve(READER) },
    });
    let thrown: unknown;
    try {
      theirs.assert({ username: 'bob' }, 'READ_ONLINE', view('a'));
    } catch (error) {
      thrown = error;
    }
    expect(gate.refuse(thrown).status).toBe(403);
    expect(thrown).toBeInstanceOf(PermissionDeniedError);
    expect(isAuthzError(thrown)).toBe(true);
    expect((thrown as PermissionDeniedError).decision.allowed).toBe(false);
  });

  it('a permission of one copy means the same in the other', async () => {
    const other = await loadOtherCopy();
    const pattern = other.definePermission({ ...PERMISSION, namePatterns: ['glob:a*'] });
    // A registry holds regular expressions only: this one happens to begin like a glob.
    const { parseForeignPermission } = await import('../../src/model/index.js');
    const { permissionContext } = await import('../../src/policy/index.js');
    const expression = parseForeignPermission(
      { ...PERMISSION, name: 'expression', namePatterns: ['glob:b*'] },
      permissionContext(),
    );
    const ours = createAuthorizer({ permissions: [pattern, expression] });
    const answers = ['aa', 'glob:bb', 'bb'].map((name) =>
      ours.can(READER, 'READ_ONLINE', view(name)),
    );
    expect(answers).toEqual([true, true, false]);
  });

  it('a snapshot of one copy is refused by the other with the reason', async () => {
    const other = await loadOtherCopy();
    const theirs = await other.prepareSnapshot({ permissions: [] });
    const ours = createAuthorizer({ permissions: [] });
    const reason = /prepared by another installed copy of feast-permissions/;
    expect(() => createAuthorizer(theirs as never)).toThrow(reason);
    expect(() => ours.replace(theirs as never)).toThrow(reason);
    expect(() => createAuthorizer(prepareSnapshot as never)).toThrow(TypeError);
  });

  it('an authorizer of one copy is refused by the gate of the other with the reason', async () => {
    const other = await loadOtherCopy();
    const authenticator = { authenticate: () => Promise.resolve(READER) };
    const authorizer = other.createAuthorizer({ permissions: [] });
    expect(() => createGate({ authenticator, authorizer })).toThrow(
      /prepared by another installed copy of feast-permissions/,
    );
  });

  it('a subject of one copy is taken by the other', async () => {
    const other = await loadOtherCopy();
    const bound = other.createAuthorizer({ permissions: [] }).for(READER);
    const ours = createAuthorizer({ permissions: [definePermission(PERMISSION)] });
    expect(ours.for(bound.subject).can('READ_ONLINE', view('a'))).toBe(true);
  });
});
