import type { FeastType } from '../../model/index.js';

/** Views of the kind that Feast calls `FeatureView`: with a transformation they are batch views. */
export const PLAIN_VIEWS: readonly FeastType[] = Object.freeze(['FeatureView', 'BatchFeatureView']);
