import { didYouMean } from '../foundation/did-you-mean.js';
import { quote, type Vocabulary } from '../model/index.js';
import { UsageError } from './command.js';

/**
 * The actions that written names and aliases stand for, in any case, each once.
 *
 * @throws {@link UsageError} on a name that is unknown, and on none
 */
export function resolveActions(
  { actions, actionAliases, resolveAction }: Vocabulary,
  written: readonly string[],
): readonly string[] {
  if (written.length === 0)
    throw new UsageError('actions are missing. Name at least one, for example `READ_ONLINE`');
  const known = [...actions, ...actionAliases.keys()];
  return [
    ...new Set(written.flatMap((name) => resolveAction(name) ?? unknown('action', name, known))),
  ];
}

/**
 * The type that a written name stands for, in any case.
 *
 * @throws {@link UsageError} on a name that is unknown, and on an alias, since a resource is of one
 *   type
 */
export function resolveType({ types, resolveType: resolve }: Vocabulary, written: string): string {
  const [type, second] = resolve(written) ?? [];
  return type === undefined || second !== undefined
    ? unknown('resource type', written, types)
    : type;
}

function unknown(what: string, written: string, known: readonly string[]): never {
  const list = known.join(', ');
  throw new UsageError(
    `unknown ${what} ${quote(written)}${didYouMean(written, known) || `. Use one of ${list}`}`,
  );
}
