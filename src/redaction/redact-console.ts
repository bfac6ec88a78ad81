/**
 * Methods that print what they are given, a label too; those that print nothing must know a label
 * by the same mask.
 */
const PRINTING: ReadonlySet<PropertyKey> = new Set([
  'assert',
  'count',
  'countReset',
  'debug',
  'dir',
  'dirxml',
  'error',
  'group',
  'groupCollapsed',
  'info',
  'log',
  'table',
  'time',
  'timeEnd',
  'timeLog',
  'trace',
  'warn',
]);

/**
 * A console that masks each argument before the other console prints it. A secret that only comes
 * to be where two arguments are printed side by side is not seen: for that, wrap the stream that
 * the console writes to.
 */
export function redactConsole<C extends object>(
  console: C,
  redact: (value: unknown) => unknown,
): C {
  return new Proxy(console, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function' || !PRINTING.has(key)) return member;
      return (...args: unknown[]): unknown => Reflect.apply(member, target, args.map(redact));
    },
  });
}
