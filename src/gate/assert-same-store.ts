import type { FeatureStoreConfig } from '../config/index.js';
import { ConfigInvalidError } from '../model/index.js';

/**
 * @throws ConfigInvalidError when a configuration names another project or way to authenticate than
 *   the one before
 */
// SECURITY: a file that says `no_auth` all of a sudden must not open a running server.
export function assertSameStore(
  before: FeatureStoreConfig | undefined,
  after: FeatureStoreConfig | undefined,
): void {
  const changed =
    before?.auth.type !== after?.auth.type
      ? 'the type of `auth`'
      : before?.project !== after?.project
        ? '`project`'
        : undefined;
  if (changed === undefined) return;
  throw new ConfigInvalidError(`${changed} has changed: start the server anew`, {
    file: after?.file,
  });
}
