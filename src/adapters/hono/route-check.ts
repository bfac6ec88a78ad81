import type { RouterRoute } from 'hono/types';

/** Functions that decide before they pass a request on. */
const guards = new WeakSet<object>();

/**
 * Where Hono keeps the function that it wraps, when a mounted app has an error handler of its own.
 */
const COMPOSED_HANDLER = '__COMPOSED_HANDLER';

/** Marks a function as one that decides before it passes a request on. */
export function markGuard<F extends object>(guard: F): F {
  guards.add(guard);
  return guard;
}

export function isGuard(route: RouterRoute): boolean {
  return guards.has(functionOf(route));
}

/**
 * What Hono calls after `middleware`. Where that is called by another function its place is not
 * known, not even to Hono: then it is all that Hono calls for the request.
 */
export function routesAfter(
  middleware: object,
  routes: readonly RouterRoute[],
): readonly RouterRoute[] {
  return routes.slice(routes.findIndex((route) => functionOf(route) === middleware) + 1);
}

/**
 * The method of a request and the path of the first of `routes` that is not middleware, for a log:
 * `GET /views/:name`. The method alone where the route does not exist.
 */
export function operationAmong(routes: readonly RouterRoute[], method: string): string {
  const route = routes.find((one) => !isMiddleware(one));
  return route === undefined ? method : `${method} ${route.path}`;
}

/**
 * The first of `routes` that no guard stands before.
 *
 * A guard passes on only what it granted, so that whatever is called after it was granted. It
 * counts for functions under the same path, and, where its path ends in `*`, for all that come
 * after it.
 *
 * Middleware needs no guard: a function with `next`, for all methods, under a path that ends in
 * `*`.
 *
 * @param routes all that Hono calls for one request, one for each function, in its order
 */
export function findUnguarded(routes: readonly RouterRoute[]): RouterRoute | undefined {
  return routes.find(
    (route, index) =>
      !isGuard(route) &&
      !isMiddleware(route) &&
      !routes.slice(0, index).some((earlier) => isGuard(earlier) && covers(earlier, route)),
  );
}

function covers(guard: RouterRoute, route: RouterRoute): boolean {
  return guard.path === route.path || isOpenEnded(guard);
}

function isMiddleware(route: RouterRoute): boolean {
  return route.method === 'ALL' && isOpenEnded(route) && functionOf(route).length >= 2;
}

function isOpenEnded({ path }: RouterRoute): boolean {
  return path.endsWith('*');
}

function functionOf({ handler }: RouterRoute): { readonly length: number } {
  let found = handler as typeof handler & { readonly [COMPOSED_HANDLER]?: typeof handler };
  while (found[COMPOSED_HANDLER] !== undefined) found = found[COMPOSED_HANDLER];
  return found;
}
