/** A longer copy of an array, with zeros at its end. */
export function grown<A extends Uint8Array | Int16Array | Int32Array>(array: A, length: number): A {
  const copy = new (array.constructor as new (length: number) => A)(length);
  copy.set(array);
  return copy;
}
