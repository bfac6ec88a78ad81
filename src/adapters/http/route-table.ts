/** A route found for a request, with the parts of the path that its names stand for. */
export interface RouteMatch<Route> {
  readonly route: Route;
  /** `METHOD /path` as the table has it. */
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
}

interface Pattern<Route> {
  readonly name: string;
  readonly segments: readonly string[];
  readonly route: Route;
}

const KEY = /^([A-Z]+) (\/[^\s?#]*)$/;
const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

/** Routes by method and path. */
export class RouteTable<Route> {
  readonly #exact = new Map<string, Pattern<Route>>();
  readonly #patterns = new Map<string, Pattern<Route>[]>();

  /**
   * @param routes by `METHOD /path`; a segment `:name` stands for any one segment that is not empty
   * @throws TypeError on a key of another form
   */
  constructor(routes: Readonly<Record<string, Route>>) {
    for (const [name, route] of Object.entries(routes)) {
      const [, method, path] = KEY.exec(name) ?? [];
      if (method === undefined || path === undefined) {
        throw new TypeError('the key of a route is a method and a path: `GET /views/:name`');
      }
      const pattern = { name, segments: path.split('/'), route };
      if (!pattern.segments.some(isParameter)) {
        this.#exact.set(name, pattern);
        continue;
      }
      const others = this.#patterns.get(method);
      if (others === undefined) this.#patterns.set(method, [pattern]);
      else others.push(pattern);
    }
  }

  /**
   * The route of a request, without and before any decoding: a path that is written another way is
   * another path. A route for GET answers HEAD too, unless there is one for HEAD.
   */
  find(method: string, path: string): RouteMatch<Route> | undefined {
    return this.#find(method, path) ?? (method === 'HEAD' ? this.#find('GET', path) : undefined);
  }

  #find(method: string, path: string): RouteMatch<Route> | undefined {
    const exact = this.#exact.get(`${method} ${path}`);
    if (exact !== undefined) return { route: exact.route, name: exact.name, params: NO_PARAMS };
    const segments = path.split('/');
    for (const { name, segments: wanted, route } of this.#patterns.get(method) ?? []) {
      const params = matchSegments(wanted, segments);
      if (params !== undefined) return { route, name, params };
    }
    return undefined;
  }
}

function isParameter(segment: string): boolean {
  return segment.length > 1 && segment.startsWith(':');
}

function matchSegments(
  wanted: readonly string[],
  given: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = Object.create(null);
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] as string;
    if (!isParameter(segment)) {
      if (segment !== value) return undefined;
      continue;
    }
    const decoded = decode(value);
    if (decoded === undefined || decoded === '') return undefined;
    params[segment.slice(1)] = decoded;
  }
  return Object.freeze(params);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
