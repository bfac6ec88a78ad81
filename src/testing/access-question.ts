import type { Actions } from '../engine/index.js';
import type { FeastVocabulary, ResourceOf, Subject, Vocabulary } from '../model/index.js';

/** Who is to do what to which resource: what a test says the answer to. */
export interface AccessQuestion<V extends Vocabulary = FeastVocabulary> {
  /** `null`: the anonymous one. */
  readonly subject: Subject | null;
  /** One action, or several that one permission must hold together. */
  readonly actions: Actions<V>;
  readonly resource: ResourceOf<V>;
}
