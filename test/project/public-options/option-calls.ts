/** A function of the public API, whatever its signature. */
export type PublicFunction = (...args: never[]) => unknown;

/**
 * How a function is called with extra options, one option that it has, one that belongs elsewhere,
 * and the function itself where several of that name are public.
 */
export type OptionCall = readonly [
  call: (extra: never) => unknown,
  known: string,
  misplaced: string,
  of?: PublicFunction,
];

/** Each begins with the name of the function, or is a method of what one makes. */
export type OptionCalls = Readonly<Record<string, OptionCall>>;
