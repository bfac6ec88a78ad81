import type { Gate } from '../../gate/index.js';
import type { Vocabulary } from '../../model/index.js';

/** @throws TypeError when the gate was not told what its registry holds: nothing of Feast's can be decided on then */
export function relationsOf<V extends Vocabulary>(gate: Gate<V>): NonNullable<Gate['relations']> {
  const { relations } = gate;
  if (relations !== undefined) return relations;
  throw new TypeError('the gate was not told what the registry holds: see its option relations');
}
