import type { DecisionStrategy, SnapshotOptions } from './options.js';

/** The options that decisions follow, with their defaults filled in. */
export interface Rules {
  readonly strategy: DecisionStrategy;
  readonly unsecured: 'deny' | 'allow';
  readonly whenNoPermissions: 'allow-named' | 'deny';
  /** False under `auth: no_auth`. */
  readonly enforced: boolean;
}

/** The rules of some options. */
export function rulesOf(
  options: Pick<SnapshotOptions, 'strategy' | 'unsecured' | 'whenNoPermissions' | 'auth'>,
): Rules {
  return {
    strategy: options.strategy ?? 'affirmative',
    unsecured: options.unsecured ?? 'deny',
    whenNoPermissions: options.whenNoPermissions ?? 'allow-named',
    enforced: options.auth?.type !== 'no_auth',
  };
}
