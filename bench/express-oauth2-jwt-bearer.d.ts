// Installed by `npm run bench` alone: it declares no support of the newest Node.js.
declare module 'express-oauth2-jwt-bearer' {
  type Handler = (
    request: never,
    response: never,
    next: (error?: unknown) => void,
  ) => Promise<void> | void;

  export function auth(options: {
    readonly issuer: string;
    readonly audience: string;
    readonly publicKey: string;
    readonly tokenSigningAlg: string;
  }): Handler;
}
