import { RegistrySchema } from '../../../../src/registry/gen/registry_pb.js';
import { listRecords } from '../../../../src/registry/wire/read-records.js';
import { ResourceReader } from '../../../../src/registry/wire/read-resource.js';
import { UnknownFields } from '../../../../src/registry/wire/unknown-fields.js';
import { withoutProject } from '../../support/feast-tables.js';
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
