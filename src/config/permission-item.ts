import { didYouMean, findNearest } from '../foundation/did-you-mean.js';
import { quote } from '../model/index.js';
import { isMapping } from './is-mapping.js';
import { permissionItemSchema } from './permission-file-schema.js';

type Mapping = Readonly<Record<string, unknown>>;
export type Path = readonly PropertyKey[];
/** Takes what is wrong with a field, in words that go on where its name ends. */
export type Report = (path: Path, message: string) => void;

/** A mapping whose fields are known: misspelt ones are under the names that were probably meant. */
export interface KnownFields {
  readonly fields: Readonly<Record<string, unknown>>;
  /** How a misspelt field is written in the file, by the name that was meant. */
  readonly written: ReadonlyMap<string, string>;
  /** Lists that belong in the policy and stand beside it. */
  readonly policyLists: readonly string[];
}

export const POLICY_LISTS = ['roles', 'groups', 'namespaces'] as const;
const POLICY_FIELDS = ['type', ...POLICY_LISTS];
const PERMISSION_FIELDS = Object.keys(permissionItemSchema.shape);
/** Fields that code spells in another way than a file. */
export const OUR_NAMES: ReadonlyMap<string, string> = new Map([
  ['namePatterns', 'name_patterns'],
  ['requiredTags', 'required_tags'],
]);
/** Names that come to mind for fields. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['pattern', 'name_patterns'],
  ['patterns', 'name_patterns'],
]);

/** Sorts out the fields of a permission, and reports those that it does not have. */
export function knowPermissionFields(item: Mapping, path: Path, report: Report): KnownFields {
  const policyLists: string[] = [];
  const known = knowFields(item, PERMISSION_FIELDS, (key) => {
    const list = findNearest(key, POLICY_LISTS);
    if (list !== undefined) {
      policyLists.push(list);
      report([...path, key], `belongs in \`policy\`: write \`policy: { ${list}: [...] }\``);
      return undefined;
    }
    const ours = OUR_NAMES.get(key);
    const meant = ours ?? OTHER_NAMES.get(key) ?? findNearest(key, PERMISSION_FIELDS);
    const hint = meant === undefined ? '' : `; did you mean ${quote(meant)}?`;
    report(
      [...path, key],
      ours === undefined
        ? `is not a field of a permission${hint}`
        : `is written ${quote(ours)} in a file`,
    );
    return meant;
  });
  return { ...known, policyLists };
}

/** Does the same for a policy. */
export function knowPolicyFields(policy: Mapping, path: Path, report: Report): KnownFields {
  const known = knowFields(policy, POLICY_FIELDS, (key) => {
    report([...path, key], `is not a field of a policy${didYouMean(key, POLICY_FIELDS)}`);
    return findNearest(key, POLICY_FIELDS);
  });
  return { ...known, policyLists: [] };
}

/** @param meantBy reports an unknown field, and returns the known one that was meant, if any */
function knowFields(
  mapping: Mapping,
  known: readonly string[],
  meantBy: (key: string) => string | undefined,
): Omit<KnownFields, 'policyLists'> {
  const fields: Record<string, unknown> = Object.create(null);
  const written = new Map<string, string>();
  for (const [key, value] of Object.entries(mapping)) {
    if (known.includes(key)) {
      fields[key] = value;
      continue;
    }
    const meant = meantBy(key);
    if (meant === undefined || meant in mapping || meant in fields) continue;
    fields[meant] = value;
    written.set(meant, key);
  }
  return { fields, written };
}

/** The text of a field; undefined, after a report, if it is missing, empty or not a string. */
export function checkText(value: unknown, path: Path, report: Report): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  if (value === undefined || value === null) report(path, 'is missing');
  else report(path, value === '' ? 'must not be empty' : sayNoString(value));
  return undefined;
}

/**
 * A list of strings, or a single one, as a list.
 *
 * @param placeholder stands for a reported item, so that the others keep their places
 * @param isOther what may stand in the list besides strings
 */
export function checkList(
  value: unknown,
  path: Path,
  report: Report,
  placeholder: string,
  isOther: (item: unknown) => boolean = () => false,
): readonly unknown[] {
  const isList = Array.isArray(value);
  return (isList ? value : [value]).map((item: unknown, index) => {
    if (typeof item === 'string' || isOther(item)) return item;
    report(isList ? [...path, index] : path, sayNoString(item));
    return placeholder;
  });
}

/** The pairs of a field of tags that are strings; the others are reported. */
export function checkTags(value: unknown, path: Path, report: Report): Mapping | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isMapping(value)) {
    report(path, 'must be a mapping of strings');
    return undefined;
  }
  const tags: Record<string, unknown> = Object.create(null);
  for (const [key, tag] of Object.entries(value)) {
    if (typeof tag === 'string') tags[key] = tag;
    else report([...path, key], sayNoString(tag));
  }
  return tags;
}

function sayNoString(value: unknown): string {
  return Array.isArray(value) || isMapping(value)
    ? 'must be a string'
    : 'must be a string: write it in quotes';
}
