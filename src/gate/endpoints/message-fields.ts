import { RequestInvalidError } from '../../model/index.js';

/**
 * The choices in Feast's messages that a field is looked for in.
 *
 * SECURITY: known by name. A map of strings with the keys `case` and `value` looks the same, and
 * its content is a client's.
 */
const CHOICES: ReadonlySet<string> = new Set(['base_feature_view', 'any_feature_view']);

/**
 * A field of a message, as the usual libraries deserialize it: named as in its definition
 * (`flight_descriptor`), or in camel case (`flightDescriptor`).
 *
 * @param name as in the definition
 * @throws RequestInvalidError when `message` is not an object, or has both names: a handler may
 *   read either
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
 * Shape: without a prototype. A choice that protobuf-es writes as `{ case, value }` is the field
 * that was chosen; `tags` that came as a list of pairs or as a `Map` are an object.
 *
 * @throws RequestInvalidError when `message` is not an object, or names a field or a tag twice
 */
export function fieldsOf(message: unknown): Readonly<Record<string, unknown>> {
  const fields: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(membersOf(message))) {
    const name = snakeCase(key);
    const isChosen = CHOICES.has(name) && isChoice(value);
    const [written, content] = isChosen ? [snakeCase(value.case), value.value] : [name, value];
    if (Object.hasOwn(fields, written)) throw givenTwice(written);
    fields[written] = written === 'tags' ? pairsOf(content) : content;
  }
  return fields;
}

/** `flight_descriptor` as `flightDescriptor`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `flightDescriptor` as `flight_descriptor`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function membersOf(message: unknown): Readonly<Record<string, unknown>> {
  if (typeof message === 'object' && message !== null && !(message instanceof Uint8Array)) {
    return message as Readonly<Record<string, unknown>>;
  }
  throw new RequestInvalidError('expected a message');
}

function isChoice(value: unknown): value is { readonly case: string; readonly value: unknown } {
  return typeof (value as { readonly case?: unknown } | null)?.case === 'string';
}

function pairsOf(tags: unknown): unknown {
  if (tags instanceof Map) return Object.fromEntries(tags);
  if (!Array.isArray(tags)) return tags;
  const pairs = new Map<unknown, unknown>();
  for (const one of tags) {
    const key = fieldOf(one, 'key');
    if (pairs.has(key)) throw givenTwice('tags');
    pairs.set(key, fieldOf(one, 'value'));
  }
  return Object.fromEntries(pairs as Map<string, unknown>);
}

function givenTwice(name: string): RequestInvalidError {
  return new RequestInvalidError(`${name} is given twice`);
}
