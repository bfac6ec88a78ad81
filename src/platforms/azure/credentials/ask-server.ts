import {
  createSender,
  type HttpRequest,
  type HttpResponse,
  type RequestOptions,
  type RetryOptions,
} from '../../../net/index.js';
import { asUnavailable } from '../../databricks/tokens/token-request.js';

/**
 * What is asked for is a token, or a secret of up to 25 KiB. A redirect is an answer as any other.
 */
const HABITS = { timeoutSeconds: 10, maxBytes: 256 * 1024, followRedirects: false };

/**
 * Creates what asks a server that gives tokens or secrets, again while it is busy, failing or out
 * of reach.
 *
 * @param what is asked for, for the message
 * @param isTransient in place of what passes by itself everywhere
 * @param schedule in place of the usual pauses
 * @returns rejects with `CredentialUnavailableError` if no answer arrives
 * @throws TypeError for a wrong number of attempts or timeout
 */
export function createAsker(
  options: RequestOptions,
  what: 'token' | 'secret',
  isTransient?: RetryOptions['isTransient'],
  schedule?: RetryOptions['schedule'],
): (request: HttpRequest) => Promise<HttpResponse> {
  const send = createSender(options, HABITS);
  return (request) => asUnavailable(send(request, isTransient, schedule), what);
}
