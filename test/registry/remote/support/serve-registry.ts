import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { RegistrySchema } from '../../../../src/registry/gen/registry_pb.js';
import { listRecords } from '../../../../src/registry/wire/read-records.js';
import { ResourceReader } from '../../../../src/registry/wire/read-resource.js';
import { UnknownFields } from '../../../../src/registry/wire/unknown-fields.js';
import type { FakeProject, FakeState } from './fake-registry-server.js';

/** Lets a server hold what a registry file holds, and gives it out as Feast does. */
export function serveRegistry({ projects }: FakeState, bytes: Uint8Array): void {
  projects.clear();
  const found = new Map<string, Partial<FakeProject> & Pick<FakeProject, 'objects'>>();
  const reader = new ResourceReader(bytes, new UnknownFields());
  for (const { field, content, end } of listRecords(RegistrySchema, bytes)) {
    const message = bytes.slice(content, end);
    const isList = field.fieldKind === 'list';
    const resource = isList ? reader.read(field.name, content, end) : undefined;
    if (resource === undefined) continue;
    const project = found.get(resource.project) ?? { objects: new Map() };
    if (field.name === 'projects') {
      found.set(resource.project, { ...project, message });
    } else {
      found.set(resource.project, project);
      const own = project.objects.get(field.name) ?? [];
      project.objects.set(field.name, [...own, withoutProject(field.name, message)]);
    }
  }
  for (const [name, project] of found) projects.set(name, project as FakeProject);
}

/** Servers leave the project out of the objects that they give out. */
function withoutProject(list: string, bytes: Uint8Array): Uint8Array {
  const message = fieldOf(RegistrySchema, list)?.message as DescMessage;
  const spec = fieldOf(message, 'spec');
  const project = fieldOf(spec?.message ?? message, 'project')?.number;
  const drop = (content: Uint8Array): Uint8Array => rewrite(content, project, () => undefined);
  return spec === undefined ? drop(bytes) : rewrite(bytes, spec.number, drop);
}

function fieldOf(message: DescMessage, name: string): DescField | undefined {
  return message.fields.find((field) => field.name === name);
}

/** Changes or drops one field of a message, and keeps all others as they are. */
function rewrite(
  bytes: Uint8Array,
  number: number | undefined,
  change: (content: Uint8Array) => Uint8Array | undefined,
): Uint8Array {
  const reader = new BinaryReader(bytes);
  const writer = new BinaryWriter();
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [field, wireType] = reader.tag();
    if (field !== number || wireType !== WireType.LengthDelimited) {
      reader.skip(wireType, field);
      writer.raw(bytes.subarray(start, reader.pos));
      continue;
    }
    const changed = change(reader.bytes());
    if (changed !== undefined) writer.tag(field, wireType).bytes(changed);
  }
  return writer.finish();
}
