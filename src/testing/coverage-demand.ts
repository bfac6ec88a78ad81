import type { ActionOf, FeastVocabulary, ResourceOf, TypeOf, Vocabulary } from '../model/index.js';

/** What a test demands of the registered resources of an authorizer. */
export interface CoverageDemand<V extends Vocabulary = FeastVocabulary> {
  /** Default: all actions of the vocabulary. */
  readonly actions?: readonly ActionOf<V>[] | undefined;
  /** Types to look at, with their sub-types. Default: all. */
  readonly types?: readonly TypeOf<V>[] | undefined;
  /**
   * Registered resources that may have gaps. One without a gap fails the test, so that the list
   * gets shorter as the gaps do. Those of other types than `types` are not looked at.
   */
  readonly ignore?: readonly ResourceOf<V>[] | undefined;
}
