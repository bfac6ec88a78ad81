import { checkOptions } from '../foundation/options.js';
import type { FeastVocabulary, Vocabulary } from '../model/index.js';
import type { Authorizer } from './authorizer.js';
import type { AuthorizerOptions } from './authorizer-options.js';
import { compileSnapshot } from './compile-snapshot.js';
import { AUTHORIZER_OPTIONS, SNAPSHOT_OPTIONS, type SnapshotOptions } from './options.js';
import { isSnapshot, type Snapshot } from './snapshot.js';
import { SnapshotAuthorizer } from './snapshot-authorizer.js';

/**
 * Compiles permissions and resources into an authorizer.
 *
 * @param from options, or a snapshot from `prepareSnapshot`, which compiles in slices
 * @throws {@link PermissionInvalidError} or {@link PatternUnsupportedError}, with all problems in
 *   its `errors`
 * @throws TypeError on resources or options that contradict each other
 * @example
 * const authorizer = createAuthorizer({ permissions, resources });
 * authorizer.can(subject, 'READ_ONLINE', { type: 'FeatureView', name: 'risk_scores' });
 */
export function createAuthorizer<V extends Vocabulary = FeastVocabulary>(
  from: SnapshotOptions<V> & AuthorizerOptions,
): Authorizer<V>;
export function createAuthorizer<V extends Vocabulary = FeastVocabulary>(
  from: SnapshotOptions<V> | Snapshot<V>,
  options?: AuthorizerOptions,
): Authorizer<V>;
export function createAuthorizer(
  from: (SnapshotOptions<Vocabulary> & AuthorizerOptions) | Snapshot,
  options: AuthorizerOptions = {},
): Authorizer<Vocabulary> {
  checkOptions<AuthorizerOptions>(options, AUTHORIZER_OPTIONS, {
    'the first argument': SNAPSHOT_OPTIONS,
  });
  if (isSnapshot(from)) return new SnapshotAuthorizer(from, options);
  checkOptions<SnapshotOptions<Vocabulary> & AuthorizerOptions>(from, {
    ...SNAPSHOT_OPTIONS,
    ...AUTHORIZER_OPTIONS,
  });
  const { onDecision = options.onDecision, shadow = options.shadow, ...rest } = from;
  return new SnapshotAuthorizer(compileSnapshot(rest), { onDecision, shadow });
}
