import { createHash } from 'node:crypto';
import { create, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { RegistrySchema } from '../gen/registry_pb.js';
import { placeInProject } from '../sql/place-in-project.js';

/** What a registry server shows of one project: objects as they were sent, by list. */
export interface ProjectAnswers {
  readonly project: string;
  readonly objects: ReadonlyMap<string, readonly Uint8Array[]>;
}

/** A registry as `feast.core.Registry` encodes it, for `decodeRegistry`. */
export interface EncodedAnswers {
  /** A digest of all objects. */
  readonly version: string;
  readonly bytes: Uint8Array;
}

/** Stands in the place of the only field that a server has no list for. */
const HISTORY = 'feature_view_version_history';

/**
 * Makes one message of what a server shows of its projects. Objects get the project that they were
 * asked for with, which servers leave out.
 *
 * The version, which servers do not say with lists, is a digest of the objects.
 *
 * @throws RegistryInvalidError if an object is cut off, or names another project
 */
export function encodeAnswers(answers: readonly ProjectAnswers[]): EncodedAnswers {
  const fields = RegistrySchema.fields.toSorted((a, b) => a.number - b.number);
  const header = fields.findIndex(({ name }) => name === 'registry_schema_version');
  const [head, tail] = [fields.slice(0, header), fields.slice(header)].map((part) => {
    const writer = new BinaryWriter();
    for (const { name, number } of part) {
      // Present and empty: a registry file without it is one that was cut off.
      if (name === HISTORY) writer.tag(number, WireType.LengthDelimited).bytes(new Uint8Array());
      else writeList(writer, name, number, answers);
    }
    return writer.finish();
  }) as [Uint8Array, Uint8Array];
  const version = createHash('sha256').update(head).update(tail).digest('hex');
  const parts = { registrySchemaVersion: '1', versionId: version };
  const bytes = [head, toBinary(RegistrySchema, create(RegistrySchema, parts)), tail];
  return { version, bytes: new Uint8Array(Buffer.concat(bytes)) };
}

function writeList(
  writer: BinaryWriter,
  list: string,
  field: number,
  answers: readonly ProjectAnswers[],
): void {
  for (const { project, objects } of answers) {
    const own = objects.get(list);
    if (own === undefined) continue;
    const place = placeInProject(list);
    for (const object of own) {
      writer.tag(field, WireType.LengthDelimited).bytes(place(object, project).bytes);
    }
  }
}
