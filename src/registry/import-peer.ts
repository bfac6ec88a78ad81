import { ConfigInvalidError } from '../model/index.js';

/**
 * Loads an optional package that one kind of registry needs.
 *
 * @param name the package, and `load` imports it: bundlers follow a literal `import()` only
 * @param user what needs it, as the subject of a sentence: `a registry in PostgreSQL`
 * @throws {@link ConfigInvalidError} that says what to install
 * @example
 * const { default: pg } = await importPeer('pg', () => import('pg'), 'a registry in PostgreSQL');
 */
export async function importPeer<T>(
  name: string,
  load: () => Promise<T>,
  user: string,
): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new ConfigInvalidError(
      `${user} needs the package \`${name}\`, which cannot be loaded. Run \`npm install ${name}\``,
      {},
      { cause },
    );
  }
}
