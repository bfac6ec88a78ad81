import type { PolicyData } from '../../model/index.js';
import { PolicySchema } from '../gen/registry_pb.js';
import type { TextReader } from './text-reader.js';
import { WireCursor } from './wire-cursor.js';

/** A field of the message of a policy. */
interface PolicyField {
  readonly name: string;
  /** Of a kind of policy: our name for it. */
  readonly type: string | undefined;
  /** Of a kind of policy: the names of its lists, by number. */
  readonly lists: ReadonlyMap<number, string>;
}

/** Our name of a kind is that of its message. */
const FIELDS: ReadonlyMap<number, PolicyField> = new Map(
  PolicySchema.fields.map(({ number, localName, message }) => [
    number,
    {
      name: localName,
      type: message?.name,
      lists: new Map(message?.fields.map((list) => [list.number, list.localName])),
    },
  ]),
);

/** Everyone: only what holds nothing at all is. */
const ALLOW_ALL: PolicyData = Object.freeze({ type: 'AllowAll' });

/**
 * Reads the policy of a permission, whose form was checked. One that is not wholly understood gets
 * a type that no kind has.
 *
 * @source Feast 0.66.0, how policies are written: same
 */
export function readPolicy(
  bytes: Uint8Array,
  text: TextReader,
  start: number,
  end: number,
): PolicyData {
  const cursor = new WireCursor(bytes, start);
  let policy: PolicyData | undefined;
  let kind = 'policy';
  let unknown: number | undefined;
  let isNamed = false;
  while (cursor.pos < end) {
    cursor.readField('Policy', end);
    const { number, content, end: next } = cursor;
    const field = FIELDS.get(number);
    if (field === undefined) unknown ??= number;
    else if (field.type === undefined) isNamed = text.text(content, next) !== '' || isNamed;
    else {
      kind = field.name;
      policy = readKind(field, cursor, next, text);
    }
    cursor.pos = next;
  }
  if (unknown !== undefined) return Object.freeze({ type: `${kind}, field ${unknown}` });
  // SECURITY: only what holds nothing at all is for everyone.
  return policy ?? (isNamed ? NAMED_WITHOUT_KIND : ALLOW_ALL);
}

const NAMED_WITHOUT_KIND: PolicyData = Object.freeze({ type: 'named policy without a kind' });

function readKind(
  { name, type = '', lists }: PolicyField,
  cursor: WireCursor,
  end: number,
  text: TextReader,
): PolicyData {
  const policy: Record<string, unknown> & { type: string } = { type };
  for (const list of lists.values()) policy[list] = [];
  while (cursor.pos < end) {
    cursor.readField(type, end);
    const list = lists.get(cursor.number);
    if (list === undefined) return Object.freeze({ type: `${name}, field ${cursor.number}` });
    (policy[list] as string[]).push(text.sharedText(cursor.content, cursor.end));
    cursor.pos = cursor.end;
  }
  return policy;
}
