import { RequestInvalidError } from '../../model/index.js';

/**
 * A field of a message, as the usual libraries deserialize it: named as in its definition (`flight_descriptor`), or in camel
 * case (`flightDescriptor`).
 *
 * @param name as in the definition
 * @throws RequestInvalidError when `message` is no object, or has both names: nobody can tell which of them a handler reads
 */
export function fieldOf(message: unknown, name: string): unknown {
  const fields = membersOf(message);
  const camel = camelCase(name);
  if (camel === name) return fields[name];
  const [written, camelled] = [fields[name], fields[camel]];
  if (written !== undefined && camelled !== undefined) throw givenTwice(name);
  return written ?? camelled;
}

/**
 * All fields of a message, named as in its definition.
 *
 * Shape: without a prototype. A choice that protobuf-es writes as `{ case, value }` is the field that was chosen; `tags` that
 * came as a list of pairs or as a `Map` are an object.
 *
 * @throws RequestInvalidError when `message` is no object, or names a field twice
 */
export function fieldsOf(message: unknown): Readonly<Record<string, unknown>> {
  const fields: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(membersOf(message))) {
    const [name, content] = isChoice(value) ? [value.case, value.value] : [key, value];
    const written = snakeCase(name);
    if (Object.hasOwn(fields, written)) throw givenTwice(written);
    fields[written] = written === 'tags' ? pairsOf(content) : content;
  }
  return fields;
}

/** `flight_descriptor` as `flightDescriptor`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function membersOf(message: unknown): Readonly<Record<string, unknown>> {
  if (typeof message === 'object' && message !== null && !(message instanceof Uint8Array)) {
    return message as Readonly<Record<string, unknown>>;
  }
  throw new RequestInvalidError('a message was expected');
}

function isChoice(value: unknown): value is { readonly case: string; readonly value: unknown } {
  if (typeof value !== 'object' || value === null) return false;
  return (
    Object.keys(value).length === 2 &&
    'value' in value &&
    isText((value as { case?: unknown }).case)
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function pairsOf(tags: unknown): unknown {
  if (tags instanceof Map) return Object.fromEntries(tags);
  if (!Array.isArray(tags)) return tags;
  const pairs = tags.map((one) => [fieldOf(one, 'key'), fieldOf(one, 'value')] as const);
  return Object.fromEntries(pairs as [string, unknown][]);
}

function givenTwice(name: string): RequestInvalidError {
  return new RequestInvalidError(`${name} is given twice`);
}
