import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import {
  EntitySchema,
  FeatureViewSchema,
  PermissionSchema,
  ProjectSchema,
} from '../../../../src/registry/gen/registry_pb.js';
import { PROJECT_LISTS } from '../../../../src/registry/remote/registry-messages.js';

/** An error that a method answers with. */
export interface FakeFailure {
  readonly code: number;
  readonly details: string;
}

/** What a fake server holds and how it answers. */
export interface FakeState {
  /** Objects have no project in them, as Feast serves them. */
  readonly projects: Map<string, FakeProject>;
  /** Answers of methods, in place of the objects. By method. */
  readonly failures: Map<string, FakeFailure | ((project: string) => FakeFailure | undefined)>;
  /** Called before each answer. */
  onCall: (method: string, project: string) => unknown;
}

export interface FakeProject {
  readonly message: Uint8Array;
  readonly objects: Map<string, readonly Uint8Array[]>;
  /** Whether `ListProjects` leaves it out. */
  readonly isProtected?: boolean;
}

/** A registry server of Feast, as far as it is read. */
export interface FakeRegistryServer {
  readonly port: number;
  readonly state: FakeState;
  /** Each call, as `Method project`. */
  readonly calls: string[];
  readonly tokens: (string | undefined)[];
  readonly stop: () => void;
}

/** @param before a server whose place it takes */
export async function startFakeRegistry(
  credentials: ServerCredentials = ServerCredentials.createInsecure(),
  before?: Pick<FakeRegistryServer, 'port' | 'state'>,
): Promise<FakeRegistryServer> {
  const state = before?.state ?? { projects: new Map(), failures: new Map(), onCall: () => {} };
  const calls: string[] = [];
  const tokens: (string | undefined)[] = [];
  const server = new Server({ 'grpc.max_metadata_size': 64 * 1024 } as object);
  const methods = ['GetProject', 'ListProjects', ...PROJECT_LISTS.map(({ method }) => method)];
  const handlers = methods.map((method): [string, UntypedHandleCall] => {
    const handle: UntypedHandleCall = (
      call: { readonly request: Uint8Array; readonly metadata: Metadata },
      answer: (error: object | null, value?: Uint8Array) => void,
    ) => {
      const project = method === 'ListProjects' ? '' : readName(call.request);
      calls.push(project === '' ? method : `${method} ${project}`);
      tokens.push(call.metadata.get('authorization').map(String)[0]);
      void (async () => {
        await state.onCall(method, project);
        const failure = state.failures.get(method);
        const error = typeof failure === 'function' ? failure(project) : failure;
        if (error !== undefined) answer(error);
        else respond(state, method, project, answer);
      })();
    };
    return [method, handle];
  });
  server.addService(serviceOf(methods), Object.fromEntries(handlers));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${before?.port ?? 0}`, credentials, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { port, state, calls, tokens, stop: () => server.forceShutdown() };
}

function serviceOf(methods: readonly string[]): ServiceDefinition {
  const raw = (bytes: Buffer): Buffer => bytes;
  return Object.fromEntries(
    methods.map((method) => [
      method,
      {
        path: `/feast.registry.RegistryServer/${method}`,
        requestStream: false,
        responseStream: false,
        requestSerialize: raw,
        requestDeserialize: raw,
        responseSerialize: raw,
        responseDeserialize: raw,
      },
    ]),
  );
}

function respond(
  { projects }: FakeState,
  method: string,
  project: string,
  answer: (error: object | null, value?: Uint8Array) => void,
): void {
  const found = projects.get(project);
  if (method === 'GetProject') {
    const details = `{"module": "feast.errors", "class": "ProjectObjectNotFoundException"}`;
    if (found === undefined) answer({ code: 5, details });
    else answer(null, Buffer.from(found.message));
    return;
  }
  const list = PROJECT_LISTS.find((one) => one.method === method)?.list ?? 'projects';
  const objects =
    method === 'ListProjects'
      ? [...projects.values()].filter((one) => one.isProtected !== true).map((one) => one.message)
      : (found?.objects.get(list) ?? []);
  answer(null, Buffer.from(encodeList(objects)));
}

/** An answer with objects, and the number of them. */
export function encodeList(objects: readonly Uint8Array[], count = objects.length): Uint8Array {
  const writer = new BinaryWriter();
  for (const object of objects) writer.tag(1, WireType.LengthDelimited).bytes(object);
  const pagination = new BinaryWriter();
  if (count > 0) pagination.tag(3, WireType.Varint).int32(count);
  return writer.tag(2, WireType.LengthDelimited).bytes(pagination.finish()).finish();
}

function readName(request: Uint8Array): string {
  const reader = new BinaryReader(request);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1) return reader.string();
    reader.skip(wireType, field);
  }
  return '';
}

type Spec<T> = T extends { spec?: infer S } ? Omit<NonNullable<S>, '$typeName'> : never;

export function projectMessage(name: string): Uint8Array {
  return toBinary(ProjectSchema, create(ProjectSchema, { spec: { name } }));
}

function entityMessage(spec: Spec<MessageInitShape<typeof EntitySchema>>): Uint8Array {
  return toBinary(EntitySchema, create(EntitySchema, { spec: spec as object }));
}

export function viewMessage(spec: Spec<MessageInitShape<typeof FeatureViewSchema>>): Uint8Array {
  return toBinary(FeatureViewSchema, create(FeatureViewSchema, { spec: spec as object }));
}

/** A permission that lets the role `admin` DESCRIBE everything, with `spec` on top. */
export function permissionMessage(
  spec: Partial<Spec<MessageInitShape<typeof PermissionSchema>>> = {},
): Uint8Array {
  const types = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
  const policy = { policyType: { case: 'roleBasedPolicy', value: { roles: ['admin'] } } };
  return toBinary(
    PermissionSchema,
    create(PermissionSchema, {
      spec: { name: 'admins', types, actions: [1], policy, ...spec } as object,
    }),
  );
}

/** A project with one entity, one view and a permission that shows everything to `admin`. */
export function wholeProject(name: string): FakeProject {
  return {
    message: projectMessage(name),
    objects: new Map([
      ['entities', [entityMessage({ name: 'driver', tags: { team: 'a' } })]],
      ['feature_views', [viewMessage({ name: 'stats' })]],
      ['permissions', [permissionMessage()]],
    ]),
  };
}
