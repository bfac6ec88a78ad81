import {
  type Authorizer,
  createAuthorizer,
  prepareSnapshot,
  type SnapshotOptions,
  type SubjectAuthorizer,
} from '../../../src/engine/index.js';
import type { Permission, PermissionInput, Resource } from '../../../src/model/index.js';
import { definePermission } from '../../../src/policy/index.js';
import {
  evaluate,
  type ReferencePermission,
  type ReferenceResource,
  type ReferenceStore,
  type ReferenceSubject,
} from '../../support/reference-evaluator.js';

/** How long a run is. */
export interface SwapRunSize {
  readonly swaps: number;
  readonly decisionsPerSwap: number;
  readonly seed: number;
}

const TYPES = ['FeatureView', 'BatchFeatureView', 'Entity'] as const;
const ACTIONS = ['DESCRIBE', 'UPDATE', 'READ_ONLINE'] as const;
const ROLES = ['a', 'b', 'c'];
const PATTERNS = ['driver_.*', '.*_1', '.*er_.*', 'rider_1', 'd[a-z]+_\\d', '(?!driver).*', '.*'];
const NAMES = ['driver_1', 'driver_2', 'rider_1', 'rider_2', 'order_1'];
const PROJECTS = ['p', 'q'];
const SUBJECTS: readonly (ReferenceSubject | null)[] = [
  null,
  ...[[], ['a'], ['b'], ['a', 'c']].map((roles) => ({ username: `user ${roles.join()}`, roles })),
];
/** Older versions that are asked again after each swap. */
const HELD = 4;

interface Version {
  readonly store: ReferenceStore;
  /** By question. */
  readonly expected: readonly boolean[];
}

interface Question {
  readonly subject: number;
  readonly action: (typeof ACTIONS)[number];
  readonly resource: ReferenceResource;
}

const QUESTIONS: readonly Question[] = SUBJECTS.flatMap((_, subject) =>
  ACTIONS.flatMap((action) =>
    PROJECTS.flatMap((project) =>
      TYPES.flatMap((type) =>
        NAMES.map((name) => ({ subject, action, resource: { type, name, project } })),
      ),
    ),
  ),
);

/**
 * Changes a store again and again while questions are asked, and compares every answer with the
 * plain rules on the version that gave it.
 *
 * @returns the number of decisions
 * @throws Error on an answer that the rules do not give
 */
export async function runSwaps({ swaps, decisionsPerSwap, seed }: SwapRunSize): Promise<number> {
  return new SwapRun(seed).run(swaps, decisionsPerSwap);
}

class SwapRun {
  readonly #random: () => number;
  readonly #versions = new Map<string, Version>();
  readonly #held: { readonly authorizer: Authorizer; readonly version: string }[] = [];
  readonly #permissions: ReferencePermission[] = [];
  readonly #resources = new Map<string, ReferenceResource>();
  /** By the plain permission: the same object each time, as a registry that is read again gives. */
  readonly #parsed = new Map<ReferencePermission, Permission>();
  #decisions = 0;

  constructor(seed: number) {
    this.#random = createRandom(seed);
    for (let count = 0; count < 6; count++) this.#permissions.push(this.#drawPermission());
    for (let count = 0; count < 8; count++) this.#putResource();
  }

  async run(swaps: number, decisionsPerSwap: number): Promise<number> {
    const authorizer = createAuthorizer(this.#options('0'));
    const bound = SUBJECTS.map((subject) => authorizer.for(subject));
    const handles = QUESTIONS.map(({ resource }) => authorizer.resource(resource as never));
    const ask = (count: number, version: string) => {
      for (let asked = 0; asked < count; asked++) {
        const at = this.#below(QUESTIONS.length);
        this.#check(at, version, this.#answer(authorizer, bound, handles[at] as Resource, at));
      }
    };
    for (let swap = 1; swap <= swaps; swap++) {
      const version = String(swap);
      this.#hold(authorizer);
      this.#change();
      const options = this.#options(version);
      if (swap % 3 === 0) authorizer.replace(options);
      else {
        const { snapshot: previous } = authorizer;
        const onProgress = () => ask(3, previous.version);
        const prepare = { previous, onProgress, sliceMs: 0 };
        authorizer.replace(await prepareSnapshot(options, prepare));
      }
      ask(decisionsPerSwap, version);
      for (const held of this.#held) {
        const at = this.#below(QUESTIONS.length);
        const { subject, action, resource } = QUESTIONS[at] as Question;
        const who = SUBJECTS[subject] as ReferenceSubject | null;
        this.#check(at, held.version, held.authorizer.can(who, action, resource as never));
      }
    }
    return this.#decisions;
  }

  /** Asks in one of four ways. */
  #answer(
    authorizer: Authorizer,
    bound: readonly SubjectAuthorizer[],
    handle: Resource,
    at: number,
  ): boolean {
    const { subject, action, resource } = QUESTIONS[at] as Question;
    const who = SUBJECTS[subject] as ReferenceSubject | null;
    const mine = bound[subject] as SubjectAuthorizer;
    const way = this.#below(64);
    if (way === 0) {
      const { allowed, version } = mine.decide(action, resource as never);
      this.#check(at, version, allowed);
      return allowed;
    }
    if (way < 20) return authorizer.can(who, action, resource as never);
    return mine.can(action, (way < 40 ? resource : handle) as never);
  }

  #check(at: number, version: string, answer: boolean): void {
    this.#decisions++;
    const { expected, store } = this.#versions.get(version) as Version;
    if (answer === expected[at]) return;
    const wrong = JSON.stringify({ answer, version, question: QUESTIONS[at], store });
    throw new Error(`the rules say otherwise: ${wrong}`);
  }

  #hold({ snapshot }: Authorizer): void {
    this.#held.push({ authorizer: createAuthorizer(snapshot), version: snapshot.version });
    if (this.#held.length <= HELD) return;
    const gone = this.#held.shift();
    if (gone !== undefined) this.#versions.delete(gone.version);
  }

  #options(version: string): SnapshotOptions {
    const store: ReferenceStore = {
      permissions: [...this.#permissions],
      resources: [...this.#resources.values()],
      projects: PROJECTS,
      strategy: 'affirmative',
      unsecured: 'deny',
      whenNoPermissions: 'deny',
      auth: 'oidc',
      vocabulary: VOCABULARY,
    };
    const expected = QUESTIONS.map(({ subject, action, resource }) => {
      const who = SUBJECTS[subject] as ReferenceSubject | null;
      const answer = evaluate(store, who, [action], resource);
      return answer !== 'TypeError' && answer.allowed;
    });
    this.#versions.set(version, { store, expected });
    return {
      version,
      permissions: store.permissions.map((one) => this.#parse(one)),
      resources: store.resources as never,
      projects: PROJECTS,
      whenNoPermissions: 'deny',
    };
  }

  #parse(permission: ReferencePermission): Permission {
    const known = this.#parsed.get(permission) ?? definePermission(permission as PermissionInput);
    this.#parsed.set(permission, known);
    return known;
  }

  #change(): void {
    const at = this.#below(this.#permissions.length + 1);
    const what = this.#below(5);
    if (what === 0) this.#putResource();
    else if (what === 1) {
      const keys = [...this.#resources.keys()];
      if (keys.length > 4) this.#resources.delete(keys[this.#below(keys.length)] as string);
    } else if (what === 2 && this.#permissions.length > 3) this.#permissions.splice(at, 1);
    else if (what === 3 && this.#permissions.length < 10) {
      this.#permissions.splice(at, 0, this.#drawPermission());
    } else this.#permissions[at] = this.#drawPermission();
  }

  #drawPermission(): ReferencePermission {
    const project = this.#pick([undefined, ...PROJECTS]);
    return {
      name: `permission ${this.#below(8)}`,
      ...(project === undefined ? {} : { project }),
      types: this.#pick([[], ['FeatureView'], ['Entity', 'BatchFeatureView']]),
      namePatterns: this.#pick([[], [this.#pick(PATTERNS)], [this.#pick(PATTERNS), 'order_1']]),
      requiredTags: this.#pick([{}, {}, { team: 'x' }]),
      actions: this.#pick([['DESCRIBE'], ['READ_ONLINE', 'DESCRIBE'], [...ACTIONS]]),
      policy: { type: 'RoleBasedPolicy', roles: [this.#pick(ROLES)] },
    };
  }

  #putResource(): void {
    const tags = this.#pick([{}, { team: 'x' }, { team: 'y' }]);
    const [type, name, project] = [this.#pick(TYPES), this.#pick(NAMES), this.#pick(PROJECTS)];
    this.#resources.set(`${type} ${name} ${project}`, { type, name, project, tags });
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)] as T;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}

const VOCABULARY = {
  actions: { DESCRIBE: {}, UPDATE: {}, READ_ONLINE: {} },
  types: { FeatureView: {}, BatchFeatureView: { subtypeOf: 'FeatureView' }, Entity: {} },
} as const;

/** Numbers in [0, 1), the same for a seed: xorshift. */
function createRandom(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
