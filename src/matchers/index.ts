export { HitBuffer } from './hit-buffer.js';
export {
  type CompiledNamePattern,
  compileNamePattern,
} from './name-pattern/compile-name-pattern.js';
export { exploreNames, type NameRow } from './name-pattern/explore-names.js';
export { rewriteGlobLookalike } from './name-pattern/glob-lookalike.js';
export { loadCharacterNames, needsCharacterNames } from './name-pattern/named-characters.js';
export {
  isUnusualName,
  mayDependOnVersion,
  type PatternByVersion,
  type PatternReading,
  readByAllVersions,
} from './name-pattern/version-differences.js';
export { NameSignatures } from './name-signatures.js';
export {
  compileTargetIndex,
  createTargetScan,
  type TagPair,
  type Target,
  type TargetFinder,
} from './target-index.js';
