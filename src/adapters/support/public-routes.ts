/** A method and a path. */
const ROUTE = /^[A-Z]+ \/\S*$/;

/**
 * The routes that need no token, such as `GET /health`.
 *
 * @throws TypeError if they are not a list of methods and paths
 */
export function readPublicRoutes(routes: readonly string[] = []): ReadonlySet<string> {
  if (Array.isArray(routes) && routes.every((one) => ROUTE.test(one))) return new Set(routes);
  throw new TypeError('option publicRoutes is a list of methods and paths: `GET /health`');
}
