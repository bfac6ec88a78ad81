import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { quote, RegistryInvalidError } from '../../model/index.js';
import { RegistrySchema } from '../gen/registry_pb.js';

/** An object whose message names its project. */
export interface PlacedObject {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Where the objects of a list have their name and project: in their `spec`, or on their own. */
interface Shape {
  readonly spec: number | undefined;
  readonly name: number;
  /** Undefined: of projects. */
  readonly project: number | undefined;
}

const SHAPES = new Map<string, Shape>();

/**
 * Makes a function that writes the project of a row into its message, where Feast's SQL registry
 * leaves it out and its registry file has it.
 *
 * Shape: the function gives a message whose fields are in the same order. It looks at no more of
 * the message than it needs: `decodeRegistry` checks the rest.
 *
 * @param list field of `feast.core.Registry`
 * @throws RegistryInvalidError, also of the function: if the message is cut off, or names another
 *   project
 */
export function placeInProject(list: string): (bytes: Uint8Array, project: string) => PlacedObject {
  const shape = shapeOf(list);
  return (bytes, project) => {
    try {
      return place(shape, bytes, project);
    } catch (error) {
      if (error instanceof RegistryInvalidError) throw error;
      throw new RegistryInvalidError('is cut off or damaged', { cause: error });
    }
  };
}

function shapeOf(list: string): Shape {
  const known = SHAPES.get(list);
  if (known !== undefined) return known;
  const message = fieldOf(RegistrySchema, list)?.message as DescMessage;
  const spec = fieldOf(message, 'spec');
  const holder = spec?.message ?? message;
  const shape = {
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

function place(shape: Shape, bytes: Uint8Array, project: string): PlacedObject {
  if (shape.spec === undefined) return placeInHolder(shape, bytes, project);
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, wireType] = reader.tag();
    if (number !== shape.spec || wireType !== WireType.LengthDelimited) {
      reader.skip(wireType, number);
      continue;
    }
    const spec = placeInHolder(shape, reader.bytes(), project);
    const writer = new BinaryWriter()
      .raw(bytes.subarray(0, start))
      .tag(number, WireType.LengthDelimited)
      .bytes(spec.bytes)
      .raw(bytes.subarray(reader.pos));
    return { name: spec.name, bytes: writer.finish() };
  }
  return { name: '', bytes };
}

function placeInHolder(shape: Shape, bytes: Uint8Array, project: string): PlacedObject {
  const reader = new BinaryReader(bytes);
  let name = '';
  let named: string | undefined;
  let place = bytes.length;
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, wireType] = reader.tag();
    if (number === shape.name) name = reader.string();
    else if (number === shape.project) named = reader.string();
    else {
      if (shape.project !== undefined && number > shape.project && start < place) place = start;
      reader.skip(wireType, number);
    }
  }
  if (shape.project === undefined) return { name, bytes };
  if (named !== undefined) {
    if (named === project) return { name, bytes };
    throw new RegistryInvalidError(`says that its project is ${quote(named)}`);
  }
  const writer = new BinaryWriter()
    .raw(bytes.subarray(0, place))
    .tag(shape.project, WireType.LengthDelimited)
    .string(project)
    .raw(bytes.subarray(place));
  return { name, bytes: writer.finish() };
}
