import { actionIdOf, type CompiledSnapshot, typeIdOf } from '../engine/index.js';
import { typeMask } from '../model/index.js';

/** @throws TypeError on an empty array, and on actions outside the vocabulary */
export function readActions(
  { vocabulary }: CompiledSnapshot,
  written: string | readonly string[],
): { readonly actions: readonly string[]; readonly mask: number } {
  const actions = typeof written === 'string' ? [written] : written;
  if (!Array.isArray(actions) || actions.length === 0) {
    throw new TypeError('actions must be an action or a non-empty array of actions');
  }
  let mask = 0;
  for (const action of actions as readonly string[]) mask |= 1 << actionIdOf(vocabulary, action);
  return { actions, mask };
}

/**
 * Whether a type is one of some types or a sub-type of one.
 *
 * @throws TypeError on types outside the vocabulary
 */
export function typesAskedFor(
  { vocabulary }: CompiledSnapshot,
  types: readonly string[] | undefined,
): (type: string) => boolean {
  for (const type of types ?? []) typeIdOf(vocabulary, type);
  const mask = typeMask(vocabulary, types ?? []);
  return (type) => (mask & (1 << (vocabulary.typeIds.get(type) ?? 0))) !== 0;
}
