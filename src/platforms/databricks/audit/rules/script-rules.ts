import { quote } from '../../../../model/index.js';
import type { ServicesRule } from '../services-rule.js';

/** A script that gets a token for a provider, and gets that wrong. */
export const aadTokenScript: ServicesRule = {
  id: 'aad-token-script',
  level: 'warning',
  title: 'A script that fetches a token of Entra for a provider, for ever and not encoded',
  advice:
    'Let the provider sign in itself, with `azure_client_id` and a workload identity or client secret: then no state holds the token, either',
  *check({ tokenScripts }) {
    for (const { address } of tokenScripts) {
      yield {
        message: `${quote(address)} runs get-aad-token.py, which never stops asking and sends the secret as it is`,
        object: address,
      };
    }
  },
};
