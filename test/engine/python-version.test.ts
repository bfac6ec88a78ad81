import { describe, expect, it } from 'vitest';
import { createAuthorizer, type SnapshotOptions } from '../../src/engine/index.js';
import type { FeastVocabulary, ResourceOf, Subject } from '../../src/model/index.js';
import { roles } from '../../src/policy/index.js';

const ALICE: Subject = { username: 'alice', roles: ['reader'] };
const view = (name: string): ResourceOf<FeastVocabulary> => ({ type: 'FeatureView', name });

describe('the version of Python', () => {
  const options = {
    permissions: [{ name: 'p', namePatterns: '[^\\W]+', policy: roles('reader') }],
  } as const satisfies SnapshotOptions;
  /** A letter since Unicode 15.0. */
  const view15 = view('\u{1e4d0}');

  it('decides what a name pattern means; the default is 3.12', () => {
    const answers = ([undefined, '3.11', '3.12'] as const).map((python) =>
      createAuthorizer<FeastVocabulary>({ ...options, python }).can(ALICE, 'DESCRIBE', view15),
    );
    expect(answers).toEqual([true, false, true]);
  });

  it('decides which patterns are valid', () => {
    const permissions = [{ name: 'p', namePatterns: 'a\\z', policy: roles('reader') }];
    expect(() => createAuthorizer({ permissions })).toThrow('unknown escape');
    const authorizer = createAuthorizer<FeastVocabulary>({ permissions, python: '3.14' });
    expect(authorizer.can(ALICE, 'DESCRIBE', view('a'))).toBe(true);
  });

  it('stays when permissions are replaced', () => {
    const authorizer = createAuthorizer<FeastVocabulary>({ ...options, python: '3.11' });
    authorizer.replace({ permissions: options.permissions });
    expect(authorizer.can(ALICE, 'DESCRIBE', view15)).toBe(false);
    authorizer.replace({ python: '3.14' });
    expect(authorizer.can(ALICE, 'DESCRIBE', view15)).toBe(true);
  });
});
