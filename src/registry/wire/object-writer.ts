import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { WireType } from '@bufbuild/protobuf/wire';
import { quote, RegistryInvalidError } from '../../model/index.js';
import { RegistrySchema } from '../gen/registry_pb.js';
import { headerSize, MessageWriter } from './message-writer.js';
import { WireCursor } from './wire-cursor.js';

/** Where the objects of a list have their name and project: in their `spec`, or on their own. */
interface Shape {
  /** Field of `feast.core.Registry`. */
  readonly list: number;
  readonly spec: number | undefined;
  readonly name: number;
  /** Undefined: of projects. */
  readonly project: number | undefined;
}

/** What is known of a message: offsets in it, and its name. */
interface Place {
  readonly name: string;
  /** The tag of the specification, and its content. Of an object without one: the message. */
  readonly tag: number;
  readonly start: number;
  readonly end: number;
  /** Where the project is to be written. Undefined: it is there, or the object has none. */
  readonly at: number | undefined;
}

/**
 * Writes objects of a registry with the project of their row, which Feast's SQL registry leaves out
 * of messages and its registry file has in them.
 *
 * Shape: fields keep their order. No more of a message is looked at than needed: `decodeRegistry`
 * checks all of it.
 */
export class ObjectWriter {
  readonly #writer: MessageWriter;
  readonly #shape: Shape;
  /** The project that was written last, and its field. */
  #lastProject: string | undefined;
  #lastField: Uint8Array = new Uint8Array();

  /** @param list field of `feast.core.Registry` */
  constructor(writer: MessageWriter, list: string) {
    this.#writer = writer;
    this.#shape = shapeOf(list);
  }

  /**
   * @returns the name that the message says; empty: none
   * @throws RegistryInvalidError if the message is cut off, or names another project
   */
  write(bytes: Uint8Array, project: string): string {
    const { list, spec } = this.#shape;
    const { name, tag, start, end, at } = findPlace(this.#shape, bytes, project);
    const writer = this.#writer;
    if (at === undefined) {
      writer.header(list, bytes.length);
      writer.copy(bytes);
      return name;
    }
    const field = this.#fieldOf(project);
    const length = end - start + field.length;
    const header = spec === undefined ? 0 : headerSize(spec, length);
    writer.header(list, tag + header + length + bytes.length - end);
    writer.copy(bytes, 0, tag);
    if (spec !== undefined) writer.header(spec, length);
    writer.copy(bytes, start, at);
    writer.copy(field);
    writer.copy(bytes, at, bytes.length);
    return name;
  }

  #fieldOf(project: string): Uint8Array {
    if (project !== this.#lastProject) {
      const text = Buffer.from(project);
      const writer = new MessageWriter();
      writer.header(this.#shape.project as number, text.length);
      writer.copy(text);
      this.#lastField = writer.finish();
      this.#lastProject = project;
    }
    return this.#lastField;
  }
}

/**
 * The name that the message of an object says; empty: none.
 *
 * @param list field of `feast.core.Registry`
 * @throws RegistryInvalidError if the message is cut off
 */
export function nameOfObject(list: string, bytes: Uint8Array): string {
  return findPlace(shapeOf(list), bytes, undefined).name;
}

/** @param project undefined: whatever the object says */
function findPlace(shape: Shape, bytes: Uint8Array, project: string | undefined): Place {
  const cursor = new WireCursor(bytes);
  if (shape.spec === undefined) return placeFrom(cursor, shape, 0, bytes.length, project);
  while (cursor.pos < bytes.length) {
    cursor.readField('object', bytes.length);
    const { number, wireType, start, end } = cursor;
    if (number === shape.spec && wireType === WireType.LengthDelimited) {
      return placeFrom(cursor, shape, start, end, project);
    }
    cursor.pos = end;
  }
  return { name: '', tag: 0, start: 0, end: 0, at: undefined };
}

/** Looks at the fields from the cursor on, as far as the one that the project stands before. */
function placeFrom(
  cursor: WireCursor,
  { name: nameField, project: projectField }: Shape,
  tag: number,
  end: number,
  project: string | undefined,
): Place {
  const { pos: start } = cursor;
  let name = '';
  let at = projectField === undefined ? undefined : end;
  while (cursor.pos < end) {
    cursor.readField('object', end);
    const { number } = cursor;
    if (number === nameField) name = textOf(cursor);
    else if (number === projectField) {
      assertSame(textOf(cursor), project);
      at = undefined;
    } else if (number > nameField && number > (projectField ?? 0)) {
      if (at !== undefined) at = cursor.start;
      break;
    }
    cursor.pos = cursor.end;
  }
  return { name, tag, start, end, at };
}

function textOf({ bytes, content, end }: WireCursor): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8', content, end);
}

function assertSame(named: string, project: string | undefined): void {
  if (project === undefined || named === project) return;
  throw new RegistryInvalidError(`says that its project is ${quote(named)}`);
}

const SHAPES = new Map<string, Shape>();

function shapeOf(list: string): Shape {
  const known = SHAPES.get(list);
  if (known !== undefined) return known;
  const field = fieldOf(RegistrySchema, list) as DescField;
  const message = field.message as DescMessage;
  const spec = fieldOf(message, 'spec');
  const holder = spec?.message ?? message;
  const shape = {
    list: field.number,
    spec: spec?.number,
    name: fieldOf(holder, 'name')?.number as number,
    project: fieldOf(holder, 'project')?.number,
  };
  SHAPES.set(list, shape);
  return shape;
}

function fieldOf(message: DescMessage, name: string): DescField | undefined {
  return message.fields.find((field) => field.name === name);
}
