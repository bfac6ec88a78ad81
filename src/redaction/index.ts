export { addSecretRedaction, defaultRedactor } from './default-redactor.js';
export type { PieceRedactor, TextPiece } from './piece-redactor.js';
export { createRedactor, type Redactor, type RedactorOptions } from './redactor.js';
export { MAX_SECRET_LENGTH, MIN_SECRET_LENGTH, type SecretToRedact } from './secret-registry.js';
export type { TokenToRedact } from './token-registry.js';
export type { WritableLike } from './wrap-stream.js';
