/** What is read of a request. Express's own has more. */
export interface FeastHttpRequest {
  readonly method: string;
  /** The path and the query. */
  readonly url: string;
  readonly params: Readonly<Record<string, string | string[]>>;
  readonly query: unknown;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** What Express matched. */
  readonly route?: { readonly path?: unknown } | undefined;
}

/** For handlers, and for controllers, where it counts for all of their handlers. */
export type ClassOrMethodDecorator = (
  target: object,
  key?: string | symbol,
  descriptor?: PropertyDescriptor,
) => void;
