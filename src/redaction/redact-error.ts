/** What an error's copy is made of, besides the fields that it has of its own. */
export interface ErrorParts {
  readonly name: string;
  readonly message: string;
  /** A string, unless the program has stacks of its own making. */
  readonly stack: unknown;
  /** The name of the class. */
  readonly className: string;
}

/**
 * An error that shows what another one shows: an `Error` of its own, with that name, message, stack
 * and class name.
 *
 * It is not an instance of the original class, since the getters of such a class may need what only
 * a constructor sets up.
 */
export function makeErrorCopy({ name, message, stack, className }: ErrorParts): Error {
  const copy = new Error(message);
  const own = class {};
  Object.defineProperty(own, 'name', { value: className });
  const prototype: object = Object.create(Error.prototype, {
    constructor: { value: own, configurable: true, writable: true },
    name: { value: name, configurable: true, writable: true },
  });
  Object.setPrototypeOf(copy, prototype);
  defineHidden(copy, 'stack', stack);
  return copy;
}

/** Sets a field that is not enumerated, as the fields of errors are. */
export function defineHidden(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    enumerable: false,
    configurable: true,
    writable: true,
  });
}
