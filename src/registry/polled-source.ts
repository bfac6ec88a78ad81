import { checkOptions } from '../foundation/options.js';
import { pollChanges } from './poll-changes.js';
import type { RegistryContents, RegistrySource, WatchOptions } from './registry-source.js';

type ReadOptions = NonNullable<Parameters<RegistrySource['read']>[0]>;

/** A registry that is read, and looked at now and then. */
export interface PolledRegistry {
  /** As `read` of {@link RegistrySource}. */
  read(signal: AbortSignal | undefined): Promise<RegistryContents>;
  /** Whether the content may differ from what `read` last met. */
  hasChanged(signal: AbortSignal): Promise<boolean>;
}

/** The source of a registry that cannot report its changes. Its options are checked here. */
export function polledSource(
  registry: PolledRegistry,
  about: Pick<RegistrySource, 'describe' | 'isAppliedInSteps' | 'readTime'>,
): RegistrySource {
  return Object.freeze({
    ...about,
    read: async (options: ReadOptions = {}) => {
      checkOptions<ReadOptions>(options, { signal: true });
      return await registry.read(options.signal);
    },
    watch: (onChange: () => unknown, options: WatchOptions) =>
      pollChanges(() => registry.hasChanged(options.signal), onChange, options),
  });
}
