import { quote, type Vocabulary } from '../model/index.js';

/** @throws TypeError on an action outside the vocabulary */
export function actionIdOf({ actionIds, actions }: Vocabulary, action: string): number {
  const id = actionIds.get(action);
  if (id !== undefined) return id;
  throw new TypeError(`action ${quote(String(action))} is not one of ${actions.join(', ')}`);
}

/** @throws TypeError on a resource type outside the vocabulary */
export function typeIdOf({ typeIds, types }: Vocabulary, type: string): number {
  const id = typeIds.get(type);
  if (id !== undefined) return id;
  throw new TypeError(`resource type ${quote(String(type))} is not one of ${types.join(', ')}`);
}
