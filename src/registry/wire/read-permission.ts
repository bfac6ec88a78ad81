import {
  ALL_ACTIONS,
  type ExcludedPermission,
  type FeastType,
  ForeignPermissionParser,
  isExcludedPermission,
  type Permission,
  PermissionInvalidError,
  type PolicyData,
  quote,
} from '../../model/index.js';
import { permissionContext } from '../../policy/index.js';
import { PermissionSchema, PermissionSpecSchema } from '../gen/registry_pb.js';
import { RangeCache } from './range-cache.js';
import { readPolicy } from './read-policy.js';
import type { TextReader } from './text-reader.js';
import { WireCursor } from './wire-cursor.js';

/**
 * By number of the wire enumeration of types. That of the actions is the order of `ALL_ACTIONS`.
 */
const TYPES: readonly FeastType[] = [
  'FeatureView',
  'OnDemandFeatureView',
  'BatchFeatureView',
  'StreamFeatureView',
  'Entity',
  'FeatureService',
  'DataSource',
  'ValidationReference',
  'SavedDataset',
  'Permission',
  'Project',
  'LabelView',
];

const OWN = PermissionSchema.field;
const SPEC = PermissionSpecSchema.field;
const NO_LIST: readonly string[] = Object.freeze([]);

/** Where the parts of one permission lie. A range that is empty stands for nothing written. */
class Parts {
  specStart = 0;
  specEnd = 0;
  /** By field number. Of what is repeated: from the first one to the last. */
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  namePatterns: string[] = [];
  /** The first field that is not known: of the permission, or else of its specification. */
  unknown: number | undefined;

  start({ number }: { readonly number: number }): number {
    return this.starts[number] ?? 0;
  }

  end({ number }: { readonly number: number }): number {
    return this.ends[number] ?? 0;
  }
}

/**
 * Reads the permissions of a registry, whose form was checked. What many of them have in common is
 * read once.
 *
 * What is not known in one (a number of a type or action, a kind of policy, any field) excludes it:
 * it may be what narrows the permission. So does a missing policy. An empty one is Feast's
 * allow-all.
 *
 * @source Feast 0.66.0, how permissions and policies are written. Differs: Feast refuses its own
 *   allow-all.
 */
export class PermissionReader {
  readonly #bytes: Uint8Array;
  readonly #text: TextReader;
  readonly #types: RangeCache<readonly string[]>;
  readonly #actions: RangeCache<readonly string[]>;
  readonly #policies: RangeCache<PolicyData>;
  readonly #parser = new ForeignPermissionParser(permissionContext());

  constructor(bytes: Uint8Array, text: TextReader) {
    this.#bytes = bytes;
    this.#text = text;
    this.#types = new RangeCache(bytes);
    this.#actions = new RangeCache(bytes);
    this.#policies = new RangeCache(bytes);
  }

  /** Reads one permission, which the caller found to have a name and a project. */
  read(start: number, end: number): Permission | ExcludedPermission {
    const parts = this.#findParts(start, end);
    const name = this.#text.text(parts.start(SPEC.name), parts.end(SPEC.name));
    const project = this.#text.sharedText(parts.start(SPEC.project), parts.end(SPEC.project));
    if (parts.unknown !== undefined) {
      const excluded = [problemOf(name, `field ${parts.unknown}`, 'is unknown')];
      // Nothing that a permission says counts as understood.
      return Object.freeze({ name, project, namePatterns: undefined, excluded });
    }
    const read = this.#parse(name, project, parts);
    return SPEC.policy.number in parts.starts ? read : withoutPolicy(read);
  }

  #parse(name: string, project: string, parts: Parts): Permission | ExcludedPermission {
    const rangeOf = (field: { readonly number: number }): [number, number] => [
      parts.start(field),
      parts.end(field),
    ];
    return this.#parser.parse({
      name,
      project,
      types: this.#types.get(...rangeOf(SPEC.types), this.#readTypes),
      namePatterns: parts.namePatterns,
      requiredTags: this.#text.tags(...rangeOf(SPEC.requiredTags)),
      actions: this.#actions.get(...rangeOf(SPEC.actions), this.#readActions),
      policy: this.#policies.get(...rangeOf(SPEC.policy), this.#readPolicy),
      tags: this.#text.tags(...rangeOf(SPEC.tags)),
    }) as Permission | ExcludedPermission;
  }

  #findParts(start: number, end: number): Parts {
    const parts = new Parts();
    const cursor = new WireCursor(this.#bytes, start);
    let unknownInSpec: number | undefined;
    while (cursor.pos < end) {
      cursor.readField('Permission', end);
      if (cursor.number === OWN.spec.number) {
        parts.specStart = cursor.content;
        parts.specEnd = cursor.end;
      } else if (cursor.number !== OWN.meta.number) parts.unknown ??= cursor.number;
      cursor.pos = cursor.end;
    }
    cursor.pos = parts.specStart;
    while (cursor.pos < parts.specEnd) {
      cursor.readField('PermissionSpec', parts.specEnd);
      if (!KNOWN.has(cursor.number)) unknownInSpec ??= cursor.number;
      else this.#takePart(cursor, parts);
      cursor.pos = cursor.end;
    }
    parts.unknown ??= unknownInSpec;
    return parts;
  }

  #takePart({ number, start, content, end }: WireCursor, parts: Parts): void {
    if (number === SPEC.namePatterns.number) {
      parts.namePatterns.push(this.#text.text(content, end));
      return;
    }
    parts.starts[number] ??= REPEATED.has(number) ? start : content;
    parts.ends[number] = end;
  }

  readonly #readTypes = (start: number, end: number): readonly string[] =>
    this.#readNumbers(start, end, TYPES);

  readonly #readActions = (start: number, end: number): readonly string[] =>
    this.#readNumbers(start, end, ALL_ACTIONS);

  readonly #readPolicy = (start: number, end: number): PolicyData =>
    readPolicy(this.#bytes, this.#text, start, end);

  /** The names of numbers, which are written one by one or together. */
  #readNumbers(start: number, end: number, names: readonly string[]): readonly string[] {
    if (start === end) return NO_LIST;
    const read: string[] = [];
    const cursor = new WireCursor(this.#bytes, start);
    while (cursor.pos < end) {
      cursor.readField('PermissionSpec', end);
      const next = cursor.end;
      while (cursor.pos < next) {
        const number = cursor.int32();
        read.push(names[number] ?? String(number));
      }
    }
    return read;
  }
}

const KNOWN: ReadonlySet<number> = new Set(PermissionSpecSchema.fields.map(({ number }) => number));
/** Fields whose ranges begin at their first tag. */
const REPEATED: ReadonlySet<number> = new Set(
  [SPEC.types, SPEC.actions, SPEC.requiredTags, SPEC.tags].map(({ number }) => number),
);

/** Excluded, for the lack of a policy and for whatever else is wrong. */
function withoutPolicy(read: Permission | ExcludedPermission): ExcludedPermission {
  const problem = problemOf(read.name, 'policy', 'is missing');
  if (isExcludedPermission(read)) {
    return Object.freeze({ ...read, excluded: Object.freeze([problem, ...read.excluded]) });
  }
  const { name, project, types, namePatterns, requiredTags } = read;
  const excluded = Object.freeze([problem]);
  return Object.freeze({ name, project, types, namePatterns, requiredTags, excluded });
}

function problemOf(name: string, field: string, problem: string): PermissionInvalidError {
  return new PermissionInvalidError(`permission ${quote(name)} ${field}: ${problem}`, {
    field,
    permission: name,
  });
}
