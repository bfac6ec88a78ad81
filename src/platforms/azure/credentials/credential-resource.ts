const DEFAULT_SCOPE = '/.default';
/**
 * Printable ASCII without blanks and quotes: one scope, and nothing that a form or a header could
 * read as two.
 */
const SCOPE = /^[!#-&(-[\]-_a-~]{1,512}$/;

/**
 * The resource that scopes ask for.
 *
 * Shape: scopes of one resource, with `/.default` or without, go in; the resource comes out,
 * without it.
 *
 * @throws TypeError for anything else: a credential's token is for one resource, with all that it
 *   may do there
 * @source Microsoft identity platform, "the .default scope": what a client by itself asks for ends
 *   with it
 * @example
 * resourceOfScopes(['https://vault.azure.net/.default']) // 'https://vault.azure.net'
 */
export function resourceOfScopes(scopes: string | readonly string[]): string {
  const written = typeof scopes === 'string' ? [scopes] : scopes;
  const resources = new Set(Array.isArray(written) ? written.map(resourceOfScope) : []);
  const [resource] = resources;
  if (resource === undefined || resources.size > 1) {
    throw new TypeError('scopes must be of one resource');
  }
  return resource;
}

/** The scope that asks for all that a client may do with a resource. */
export function scopeOfResource(resource: string): string {
  return `${resource}${DEFAULT_SCOPE}`;
}

function resourceOfScope(scope: unknown): string {
  if (typeof scope !== 'string' || !SCOPE.test(scope)) {
    throw new TypeError('a scope must be 1 to 512 printable characters without blanks and quotes');
  }
  const resource = scope.endsWith(DEFAULT_SCOPE) ? scope.slice(0, -DEFAULT_SCOPE.length) : scope;
  if (resource === '') throw new TypeError('a scope must name a resource');
  return resource;
}
