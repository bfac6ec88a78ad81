export { HitBuffer } from './hit-buffer.js';
export type { CompiledNamePattern } from './name-pattern/compile-name-pattern.js';
export { compileNamePattern } from './name-pattern/compile-name-pattern.js';
export { rewriteGlobLookalike } from './name-pattern/glob-lookalike.js';
export type { TagPair, Target, TargetFinder } from './target-index.js';
export { compileTargetIndex, createTargetScan } from './target-index.js';
