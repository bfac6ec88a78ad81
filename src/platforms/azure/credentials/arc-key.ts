import { basename, join } from 'node:path';
import { readTokenFile } from '../../../identity/token-file.js';
import { CredentialUnavailableError } from '../../../model/errors.js';

const MAX_KEY_LENGTH = 4096;
const CHALLENGE = /^Basic realm="?([^"]{1,1024})"?$/i;
const KEY_FILE = /^[\w-]{1,255}\.key$/;

/**
 * Reads the key that the agent of Azure Arc has put into a file for who may read its folder.
 *
 * SECURITY: the server on the port names the file and receives its content: it is read in the
 * agent's folder alone.
 *
 * @param challenge `WWW-Authenticate`: `Basic realm=<path of the file>`
 * @param folder in place of the agent's own
 * @throws {@link CredentialUnavailableError} when it names no such file, or the file cannot be read
 *   or is too long
 * @source Azure Arc, "authenticate against Azure resources"
 */
export async function readArcKey(
  challenge: string | undefined,
  folder: string = agentFolder(),
): Promise<string> {
  const path = CHALLENGE.exec(challenge ?? '')?.[1] ?? '';
  const file = basename(path);
  if (!KEY_FILE.test(file) || path !== join(folder, file)) {
    throw new CredentialUnavailableError('no token: the agent names no key file of its folder');
  }
  const key = await readTokenFile(path);
  if (key !== undefined && key.length <= MAX_KEY_LENGTH && /^[!-~]+$/.test(key)) return key;
  throw new CredentialUnavailableError('no token: the key file of the agent holds no key');
}

function agentFolder(): string {
  if (process.platform !== 'win32') return '/var/opt/azcmagent/tokens';
  return join(
    process.env['ProgramData'] ?? 'C:\\ProgramData',
    'AzureConnectedMachineAgent',
    'Tokens',
  );
}
