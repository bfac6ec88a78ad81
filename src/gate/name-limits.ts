import type { CompiledSnapshot } from '../engine/index.js';
import { RequestInvalidError, type Resource, type Vocabulary } from '../model/index.js';
import { resourcesOf } from './decide-requirement.js';
import type { AnyRequirement } from './gate.js';

const DEFAULT_MAX_NAME_LENGTH = 256;
/** Names that the registry knows are look-ups; each other one has to be read. */
const DEFAULT_MAX_UNKNOWN_NAMES_LENGTH = 65_536;
/** Names between two pauses. */
const NAMES_PER_STEP = 1000;

/** How long the names of a request may be. */
export interface NameLimitOptions {
  readonly maxNameLength?: number | undefined;
  readonly maxUnknownNamesLength?: number | undefined;
}

/** How long the names in a request may be, each and together. */
export class NameLimits {
  readonly #maxNameLength: number;
  readonly #maxUnknownNamesLength: number;

  /** @throws TypeError when an option is not a whole number above 0 */
  constructor({ maxNameLength, maxUnknownNamesLength }: NameLimitOptions) {
    this.#maxNameLength = readLimit('maxNameLength', maxNameLength, DEFAULT_MAX_NAME_LENGTH);
    this.#maxUnknownNamesLength = readLimit(
      'maxUnknownNamesLength',
      maxUnknownNamesLength,
      DEFAULT_MAX_UNKNOWN_NAMES_LENGTH,
    );
  }

  /** Whether the names of a resource are within their limit. */
  fits({ name, project = '' }: Resource): boolean {
    return Math.max(name.length, project.length) <= this.#maxNameLength;
  }

  /**
   * Looks at all names of a request, with pauses.
   *
   * SECURITY: to be done before anything is decided, so that no name is read that is too long, nor
   * more than a request may name.
   *
   * @throws RequestInvalidError when a name is too long, or those that the registry does not know
   *   are together
   */
  *check(
    requirements: readonly AnyRequirement<Vocabulary>[],
    snapshot: CompiledSnapshot,
  ): Generator<undefined, void> {
    let length = 0;
    let count = 0;
    for (const requirement of requirements) {
      for (const resource of resourcesOf(requirement)) {
        if (!this.fits(resource)) {
          throw new RequestInvalidError(`a name is longer than ${this.#maxNameLength} characters`);
        }
        length += resource.name.length;
        if (++count % NAMES_PER_STEP === 0) yield;
      }
    }
    // Only then it matters which of them are known.
    if (length > this.#maxUnknownNamesLength) yield* this.#checkUnknown(requirements, snapshot);
  }

  *#checkUnknown(
    requirements: readonly AnyRequirement<Vocabulary>[],
    snapshot: CompiledSnapshot,
  ): Generator<undefined, void> {
    const unknown = new Set<string>();
    let length = 0;
    let count = 0;
    for (const requirement of requirements) {
      for (const resource of resourcesOf(requirement)) {
        if (++count % NAMES_PER_STEP === 0) yield;
        if (snapshot.permissionSetIdOf(resource) !== undefined) continue;
        const { type, name, project, tags } = resource;
        const key = `${type}\n${project}\n${name}`;
        if (unknown.has(key)) continue;
        // What lies in question with its tags is not remembered, and read each time.
        if (tags === undefined) unknown.add(key);
        length += name.length;
        if (length <= this.#maxUnknownNamesLength) continue;
        throw new RequestInvalidError(
          `the names that the registry does not know are longer than ${this.#maxUnknownNamesLength} characters together: ask for fewer at a time`,
        );
      }
    }
  }
}

function readLimit(option: string, value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new TypeError(`option ${option} must be a whole number above 0`);
}
