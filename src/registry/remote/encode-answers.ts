import { createHash } from 'node:crypto';
import { create, type DescField, toBinary } from '@bufbuild/protobuf';
import { RegistrySchema } from '../gen/registry_pb.js';
import { MessageWriter } from '../wire/message-writer.js';
import { ObjectWriter } from '../wire/object-writer.js';

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

/** Objects that are written between two pauses. */
const OBJECTS_PER_STEP = 128;

/**
 * Makes one message of what a server shows of its projects. Objects get the project that they were
 * asked for with, which servers leave out.
 *
 * The version, which servers do not say with lists, is a digest of the objects.
 *
 * @throws RegistryInvalidError if an object is cut off, or names another project
 */
export function* encodeAnswers(
  answers: readonly ProjectAnswers[],
): Generator<undefined, EncodedAnswers> {
  const fields = RegistrySchema.fields.toSorted((a, b) => a.number - b.number);
  const header = fields.findIndex(({ name }) => name === 'registry_schema_version');
  const head = yield* writeLists(fields.slice(0, header), answers);
  const tail = yield* writeLists(fields.slice(header), answers);
  const version = createHash('sha256').update(head).update(tail).digest('hex');
  const parts = { registrySchemaVersion: '1', versionId: version };
  const bytes = [head, toBinary(RegistrySchema, create(RegistrySchema, parts)), tail];
  return { version, bytes: new Uint8Array(Buffer.concat(bytes)) };
}

function* writeLists(
  fields: readonly DescField[],
  answers: readonly ProjectAnswers[],
): Generator<undefined, Uint8Array> {
  const writer = new MessageWriter();
  let written = 0;
  for (const { name, number } of fields) {
    // Present and empty: a registry file without it is one that was cut off.
    if (name === HISTORY) writer.header(number, 0);
    for (const { project, objects } of answers) {
      const own = objects.get(name);
      if (own === undefined) continue;
      const objectsOfList = new ObjectWriter(writer, name);
      for (const object of own) {
        written += 1;
        if (written % OBJECTS_PER_STEP === 0) yield;
        objectsOfList.write(object, project);
      }
    }
  }
  return writer.finish();
}
