import type { Request } from 'express';

/** What is used of a layer of Express's router. */
interface Layer {
  readonly path?: string | undefined;
  readonly route?: RouteLike | undefined;
  readonly handle?: { readonly stack?: readonly Layer[] | undefined } | undefined;
  /** Gives the part that matched, or, up to `router` 2.2, sets `path` to it. */
  match(path: string): boolean | { readonly path: string };
}

interface RouteLike {
  readonly path: unknown;
  readonly methods?: Readonly<Record<string, boolean | undefined>> | undefined;
}

interface App {
  readonly parent?: App | undefined;
  readonly router?: { readonly stack?: readonly Layer[] | undefined } | undefined;
}

/**
 * The method of a request and the path of the route that it would reach, for a log: `GET
 * /views/:name`. The method alone where no route matches, and behind a mounted app, whose routes
 * its parent cannot see.
 *
 * Express says which route a request has when it hands the request to it, which is too late for a
 * refusal before that.
 *
 * Cost: that of Express's own search. Never throws.
 *
 * @source Express 5, `Router.prototype.handle`: layers in their order, the rest of the path for a
 *   nested router
 */
export function operationOf(request: Pick<Request, 'method' | 'originalUrl' | 'app'>): string {
  const { method, originalUrl } = request;
  try {
    let app = request.app as unknown as App;
    while (app.parent !== undefined) app = app.parent;
    const [path = ''] = originalUrl.split('?', 1);
    const route = findRoute(app.router?.stack ?? [], path, method.toLowerCase());
    return route === undefined ? method : `${method} ${route}`;
  } catch {
    return method;
  }
}

function findRoute(stack: readonly Layer[], path: string, method: string): string | undefined {
  for (const layer of stack) {
    const { route, handle } = layer;
    if (route === undefined && handle?.stack === undefined) continue;
    const match = layer.match(path === '' ? '/' : path);
    if (match === false) continue;
    if (route !== undefined) {
      if (answers(route, method)) return String(route.path);
      continue;
    }
    const matched = (match === true ? layer.path : match.path) ?? '';
    const inner = findRoute(handle?.stack ?? [], path.slice(matched.length), method);
    if (inner !== undefined) return `${matched}${inner}`;
  }
  return undefined;
}

function answers({ methods = {} }: RouteLike, method: string): boolean {
  return (
    methods['_all'] === true ||
    methods[method === 'head' && !methods['head'] ? 'get' : method] === true
  );
}
