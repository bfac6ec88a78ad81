/** The `auth` section of a feature store: how its servers know who is asking. */
export type AuthConfig = NoAuthConfig | KubernetesAuthConfig | OidcServerConfig | OidcClientConfig;

/** Callers are not identified, and nothing is enforced. */
export interface NoAuthConfig {
  readonly type: 'no_auth';
}

/** Service-account tokens, checked by the cluster's TokenReview. */
export interface KubernetesAuthConfig {
  readonly type: 'kubernetes';
  /** A token that a client sends as it is. A secret. */
  readonly userToken: string | undefined;
}

/** OIDC, seen by a server that verifies tokens. */
export interface OidcServerConfig extends OidcSettings {
  readonly role: 'server';
  readonly authDiscoveryUrl: string;
}

/**
 * OIDC, seen by a client that needs a token of its own: given here (`token`), in a variable
 * (`tokenEnvVar`), asked for with `clientId` and `clientSecret`, and `username` and `password`
 * where they are set, or, with none of these, found in the client's surroundings.
 */
export interface OidcClientConfig extends OidcSettings {
  readonly role: 'client';
  readonly authDiscoveryUrl: string | undefined;
  readonly username: string | undefined;
  /** A secret. */
  readonly password: string | undefined;
  /** A secret. */
  readonly clientSecret: string | undefined;
  /** A secret. */
  readonly token: string | undefined;
  /** Name of the environment variable that holds the token. */
  readonly tokenEnvVar: string | undefined;
  /** How long before its end a token is renewed. Above 0, may be infinite. */
  readonly tokenRefreshMarginSeconds: number;
}

/** What OIDC servers and clients have in common. */
export interface OidcSettings {
  readonly type: 'oidc';
  readonly clientId: string | undefined;
  readonly uiClientId: string | undefined;
  readonly verifySsl: boolean;
  /** File of the certificates to trust, as written; empty: those of the system. */
  readonly caCertPath: string;
  /** The `aud` that a token must have; `undefined` or empty: not checked by Feast. */
  readonly audience: string | undefined;
  /** The `iss` that a token must have; `undefined` or empty: not checked by Feast. */
  readonly issuer: string | undefined;
  /** A whole number above 0. */
  readonly jwksCacheLifespanSeconds: number;
  /** Above 0, may be infinite. */
  readonly jwksRequestTimeoutSeconds: number;
}
