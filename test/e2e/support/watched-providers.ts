/**
 * The identity providers of the slow tests, whose secrets, passwords and tokens are watched from
 * the moment that a test can know them.
 */
import { startKeycloak as startPlainKeycloak } from './keycloak.js';
import { startOidcProvider as startPlainOidcProvider } from './oidc-provider.js';
import { transcript } from './recording.js';

const TOKENS = ['access_token', 'id_token', 'refresh_token'] as const;

export const startOidcProvider: typeof startPlainOidcProvider = async (...args) => {
  const provider = await startPlainOidcProvider(...args);
  transcript.watchSecret(provider.client.secret, 'client secret of oidc-provider');
  return {
    ...provider,
    requestToken: async (...options) => {
      const token = await provider.requestToken(...options);
      transcript.watchSecret(token, 'access token of oidc-provider');
      return token;
    },
  };
};

export const startKeycloak: typeof startPlainKeycloak = async (...args) => {
  const keycloak = await startPlainKeycloak(...args);
  transcript.watchSecret(keycloak.client.secret, 'client secret of Keycloak');
  transcript.watchSecret(keycloak.user.password, 'password of a user of Keycloak');
  return {
    ...keycloak,
    requestTokens: async (form) => {
      const answer = await keycloak.requestTokens(form);
      for (const kind of TOKENS) {
        const token = answer[kind];
        if (token !== undefined) transcript.watchSecret(token, `${kind} of Keycloak`);
      }
      return answer;
    },
  };
};
