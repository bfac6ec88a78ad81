import * as z from 'zod';
import { checkSection } from '../../config/check-section.js';
import { fileJsonSchema } from '../../config/file-json-schema.js';
import { parseYaml } from '../../config/parse-yaml.js';
import { readYamlText } from '../../config/read-yaml-text.js';
import { didYouMean } from '../../foundation/did-you-mean.js';
import { checkOptions } from '../../foundation/options.js';
import {
  type ConfigInvalidError,
  feastVocabulary,
  formatResource,
  quote,
  type Resource,
  type Subject,
  throwCollected,
} from '../../model/index.js';

/** Maximum number of cases of one file after its lists are expanded. */
const MAX_CASES = 100_000;
const ANONYMOUS = 'anonymous';

const text = z.string().min(1);
const texts = z.union([text, z.array(text).min(1)]);
const userSchema = z.strictObject({
  username: z.string().optional().describe('Default: the key of the user.'),
  roles: z.array(z.string()).optional(),
  groups: z.array(z.string()).optional(),
  namespaces: z.array(z.string()).optional(),
  claims: z.record(z.string(), z.unknown()).optional(),
});
const resourceSchema = z.strictObject({
  type: text,
  name: text,
  project: text.optional(),
  tags: z.record(z.string(), z.string()).optional().describe('Of an unregistered resource.'),
});
const writtenResource = z.union([text.describe('TYPE:NAME'), resourceSchema]);
const caseSchema = z.strictObject({
  name: text.optional().describe('What the case is about. Default: its question.'),
  user: texts.describe('Users by their keys, or `anonymous`. Each is asked about.'),
  action: texts
    .optional()
    .describe('Actions or aliases. Each is asked about; the actions of an alias together.'),
  together: z.array(text).min(1).optional().describe('Actions that are asked for together.'),
  resource: z
    .union([writtenResource, z.array(writtenResource).min(1)])
    .describe('Resources. Each is asked about.'),
  expect: z.enum(['allowed', 'refused']),
});

/** The schema of a file of policy tests. */
const fileSchema = z.strictObject({
  store: text
    .optional()
    .describe('What is tested, from the folder of this file. Default: the folder of this file.'),
  project: text.optional().describe('The project of resources that name none.'),
  users: z.record(text, userSchema).optional(),
  cases: z.array(caseSchema).min(1),
});

/** One question with the answer that is expected. */
export interface PolicyCase {
  /** What it asks, in one line. */
  readonly title: string;
  /** What its case in the file is about; null if it has no name. */
  readonly name: string | null;
  /** Number of its case in the file, from 1 on. */
  readonly number: number;
  readonly subject: Subject | null;
  /** Asked for together. */
  readonly actions: readonly string[];
  readonly resource: Resource;
  readonly expected: 'allowed' | 'refused';
}

/** A file of policy tests, its lists expanded. */
export interface PolicyTests {
  /** What is tested, as written; undefined: the folder of the file. */
  readonly store: string | undefined;
  readonly project: string | undefined;
  readonly cases: readonly PolicyCase[];
}

/**
 * Reads a file of policy tests. See {@link parsePolicyTests}.
 *
 * @throws ConfigInvalidError if it cannot be read, or is not a file of policy tests
 * @example
 * const { cases } = await loadPolicyTests('permissions.test.yaml');
 */
export async function loadPolicyTests(path: string): Promise<PolicyTests> {
  if (typeof path !== 'string') throw new TypeError('the path of policy tests must be a string');
  return parsePolicyTests(await readYamlText(path), { file: path });
}

/**
 * Parses the text of a file of policy tests: users, and cases with the answers that are expected.
 *
 * Every list of a case is expanded: two users and three actions are six questions. The actions of
 * `together`, and those of an alias, are one question, since one permission must hold them all.
 *
 * @throws ConfigInvalidError with file, line and column; all problems of the file are in its
 *   `errors`
 * @example
 * parsePolicyTests(`
 * users:
 *   ann: { roles: [risk-analyst] }
 * cases:
 *   - user: [ann, anonymous]
 *     action: [DESCRIBE, READ_ONLINE]
 *     resource: FeatureView:salaries
 *     expect: refused
 * `).cases.length; // 4
 */
export function parsePolicyTests(
  yaml: string,
  options: { readonly file?: string | undefined } = {},
): PolicyTests {
  if (typeof yaml !== 'string') throw new TypeError('the text of policy tests must be a string');
  checkOptions<typeof options>(options, { file: true });
  const errors: ConfigInvalidError[] = [];
  const document = parseYaml(yaml, {
    file: options.file,
    onProblem: (problem) => errors.push(problem),
  });
  throwCollected(errors);
  const file = checkSection(fileSchema, { value: document.value, path: [] }, document, errors);
  if (file === undefined) throw collected(errors);
  const { store, project, users = {}, cases } = file;
  const report = (path: readonly PropertyKey[], message: string): void => {
    errors.push(document.errorAt(path, message));
  };
  const reader = new CaseReader(users, project, report);
  for (const [index, one] of cases.entries()) reader.read(one, index);
  throwCollected(errors);
  return Object.freeze({ store, project, cases: Object.freeze(reader.cases) });
}

function collected(errors: readonly ConfigInvalidError[]): unknown {
  try {
    throwCollected(errors);
  } catch (error) {
    return error;
  }
  return new TypeError('no problem was found');
}

/** The JSON Schema (draft 7) of a file of policy tests. */
export function policyTestsSchema(): object {
  return fileJsonSchema('Policy tests of feast-permissions', fileSchema);
}

type WrittenCase = z.output<typeof caseSchema>;
type Users = NonNullable<z.output<typeof fileSchema>['users']>;
type Report = (path: readonly PropertyKey[], message: string) => void;

class CaseReader {
  readonly cases: PolicyCase[] = [];
  readonly #users: Users;
  readonly #project: string | undefined;
  readonly #report: Report;

  constructor(users: Users, project: string | undefined, report: Report) {
    this.#users = users;
    this.#project = project;
    this.#report = report;
  }

  read(written: WrittenCase, index: number): void {
    const path = ['cases', index];
    const { name = null, expect } = written;
    const subjects = listOf(written.user).map((key) => this.#subject(key, [...path, 'user']));
    const questions = this.#questions(written, path);
    const resources = [written.resource]
      .flat()
      .flatMap((one) => this.#resource(one, [...path, 'resource']) ?? []);
    const number = index + 1;
    for (const { key, subject } of subjects) {
      for (const actions of questions) {
        for (const resource of resources) {
          if (this.cases.length >= MAX_CASES) {
            this.#report(path, `makes more than ${MAX_CASES} questions: write a further file`);
            return;
          }
          const title = `${key}: ${actions.join(', ')} on ${formatResource(resource)} is ${expect}`;
          this.cases.push({ title, name, number, subject, actions, resource, expected: expect });
        }
      }
    }
  }

  #subject(
    key: string,
    path: readonly PropertyKey[],
  ): { readonly key: string; readonly subject: Subject | null } {
    if (Object.hasOwn(this.#users, key)) {
      const { username = key, ...rest } = this.#users[key] ?? {};
      return { key, subject: { username, ...rest } };
    }
    if (key !== ANONYMOUS) {
      const known = [...Object.keys(this.#users), ANONYMOUS];
      const hint = didYouMean(key, known) || `; known are ${known.join(', ')}`;
      this.#report(path, `names ${quote(key)}, which is not among the users${hint}`);
    }
    return { key, subject: null };
  }

  #questions(written: WrittenCase, path: readonly PropertyKey[]): readonly (readonly string[])[] {
    const { action, together } = written;
    if ((action === undefined) === (together === undefined)) {
      this.#report(path, 'needs one of `action` and `together`');
      return [];
    }
    if (together !== undefined) {
      const actions = together.flatMap((one) => this.#action(one, [...path, 'together']));
      return [[...new Set(actions)]];
    }
    return listOf(action ?? []).map((one) => this.#action(one, [...path, 'action']));
  }

  #action(written: string, path: readonly PropertyKey[]): readonly string[] {
    const { actions, actionAliases, resolveAction } = feastVocabulary;
    const found = resolveAction(written);
    if (found !== undefined) return found;
    const known = [...actions, ...actionAliases.keys()];
    const hint = didYouMean(written, known) || `; known are ${known.join(', ')}`;
    this.#report(path, `is refused: action ${quote(written)} is unknown${hint}`);
    return [];
  }

  #resource(
    written: z.output<typeof writtenResource>,
    path: readonly PropertyKey[],
  ): Resource | undefined {
    if (typeof written !== 'string') return this.#placed(written, path);
    const colon = written.indexOf(':');
    if (colon <= 0 || colon === written.length - 1) {
      const example = '`TYPE:NAME`, for example `FeatureView:driver_stats`';
      this.#report(path, `does not name a resource in ${quote(written)}: write ${example}`);
      return undefined;
    }
    const resource = { type: written.slice(0, colon), name: written.slice(colon + 1) };
    return this.#placed(resource, path);
  }

  #placed(
    { type: written, name, project, tags }: z.output<typeof resourceSchema>,
    path: readonly PropertyKey[],
  ): Resource | undefined {
    const { types, resolveType } = feastVocabulary;
    const [type, second] = resolveType(written) ?? [];
    if (type === undefined || second !== undefined) {
      const hint = didYouMean(written, types) || `; known are ${types.join(', ')}`;
      this.#report(path, `is refused: resource type ${quote(written)} is unknown${hint}`);
      return undefined;
    }
    const home = project ?? this.#project;
    return {
      type,
      name,
      ...(home === undefined ? {} : { project: home }),
      ...(tags === undefined ? {} : { tags }),
    };
  }
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
