export { HitBuffer } from './hit-buffer.js';
export type { CompiledNamePattern } from './name-pattern/compile-name-pattern.js';
export { compileNamePattern } from './name-pattern/compile-name-pattern.js';
export { rewriteGlobLookalike } from './name-pattern/glob-lookalike.js';
export type { Scope, ScopeFinder, TagPair } from './scope-index.js';
export { compileScopeIndex, createScopeScan } from './scope-index.js';
