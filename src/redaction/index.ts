export { addSecretRedaction, defaultRedactor } from './default-redactor.js';
export type { PieceRedactor, TextPiece } from './piece-redactor.js';
export type { Redactor, RedactorOptions } from './redactor.js';
export { createRedactor } from './redactor.js';
export type { SecretToRedact } from './secret-registry.js';
export { MAX_SECRET_LENGTH, MIN_SECRET_LENGTH } from './secret-registry.js';
export type { TokenToRedact } from './token-registry.js';
export type { WritableLike } from './wrap-stream.js';
