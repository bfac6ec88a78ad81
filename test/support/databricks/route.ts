import { invalid } from './api-error.js';
import type { FakeAnswer } from './fake-server.js';
import type { Principal, WorkspaceState } from './workspace-state.js';

/** What a route is asked. */
export interface RouteContext {
  readonly state: WorkspaceState;
  readonly caller: Principal;
  /** The groups of the route's pattern, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Of the JSON body; empty without one. */
  readonly body: Readonly<Record<string, unknown>>;
  /** How many items a page holds. */
  readonly pageSize: number;
}

export interface Route {
  readonly method: string;
  /** Of the whole path. */
  readonly path: RegExp;
  readonly answer: (context: RouteContext) => unknown;
  /** 200 unless given. */
  readonly status?: number;
}

/** @param path with `:name` for one segment and `*name` for several */
export function route(method: string, path: string, answer: Route['answer'], status = 200): Route {
  const source = path
    .replace(/:(\w+)/g, '(?<$1>[^/]+)')
    .replace(/\*(\w+)/g, '(?<$1>[^/]+(?:/[^/]+)*)');
  return { method, path: new RegExp(`^${source}$`), answer, status };
}

export function answerRoute(
  routes: readonly Route[],
  request: { readonly method: string; readonly path: string },
  context: Omit<RouteContext, 'parameters'>,
): FakeAnswer | undefined {
  for (const { method, path, answer, status = 200 } of routes) {
    const match = method === request.method ? path.exec(request.path) : null;
    if (match === null) continue;
    const parameters = Object.fromEntries(
      Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
    return { status, body: answer({ ...context, parameters }) ?? {} };
  }
  return undefined;
}

/** A text that has to be there. */
export function textOf(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || value === '') throw invalid(`Missing required field: ${name}`);
  return value;
}

/**
 * A page of a list by an opaque token, with an empty page in between, as some services have them.
 */
export function pageOf<T>(
  items: readonly T[],
  query: URLSearchParams,
  pageSize: number,
): { readonly page: readonly T[]; readonly next: Readonly<Record<string, string>> } {
  const token = query.get('page_token') ?? '';
  const match = /^(after|empty)-(\d+)$/.exec(token);
  if (token !== '' && match === null) throw invalid('Invalid page token');
  const start = Number(match?.[2] ?? 0);
  if (match?.[1] === 'after') return { page: [], next: { next_page_token: `empty-${start}` } };
  const end = start + pageSize;
  const next = end < items.length ? { next_page_token: `after-${end}` } : {};
  return { page: items.slice(start, end), next };
}
