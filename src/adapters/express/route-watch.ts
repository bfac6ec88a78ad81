import type { Request } from 'express';

/** What is used of a route of Express. */
interface Route {
  readonly path: unknown;
  readonly methods?: Readonly<Record<string, boolean | undefined>> | undefined;
  /**
   * The functions of the route, in the order in which they are called; without a method, for all
   * methods.
   */
  readonly stack: readonly { readonly method?: string | undefined; readonly handle: object }[];
}

/**
 * Calls `onRoute` with each route that a request is given to, before any function of that route is
 * called. What it throws goes to Express's error handlers instead.
 *
 * Express says which route that is by setting `request.route`, in routers and mounted apps too. It
 * is the only place where that is known for every way to write a path, and for routes that are
 * added later. It says so twice: when it has found the route, and when it begins to run it. Only
 * the second time does it catch what is thrown, whatever called it: after a body parser the first
 * would end the process.
 *
 * @source the Express 5 API reference, `req.route`: the route that is matched at the moment
 */
export function watchRoute(request: Request, onRoute: (route: Route) => void): void {
  let current: Route | undefined = request.route;
  let found: Route | undefined;
  Object.defineProperty(request, 'route', {
    configurable: true,
    enumerable: true,
    get: () => current,
    set: (route: Route) => {
      const isBegun = route === found;
      found = isBegun ? undefined : route;
      if (isBegun) onRoute(route);
      current = route;
    },
  });
}

/** Whether the first function that a route calls for a method is a guard. */
export function isGuarded({ methods, stack }: Route, method: string): boolean {
  const name = method.toLowerCase();
  // As Express does: a route for GET answers HEAD too, unless it has its own.
  const called = name === 'head' && methods?.['head'] !== true ? 'get' : name;
  const first = stack.find((layer) => layer.method === undefined || layer.method === called);
  // Nothing is called for this method.
  return first === undefined || 'feastGuard' in first.handle;
}
