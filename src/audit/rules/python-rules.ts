import { referToPermission } from '../../analysis/references.js';
import { listSome } from '../../foundation/names.js';
import {
  isUnusualName,
  mayDependOnVersion,
  type PatternByVersion,
  type PatternReading,
  readByAllVersions,
} from '../../matchers/index.js';
import {
  DEFAULT_PYTHON,
  formatResource,
  isExcludedPermission,
  PatternUnsupportedError,
  type PythonVersion,
  quote,
  type Resource,
  typeMask,
  type Vocabulary,
} from '../../model/index.js';
import type { AuditFacts } from '../audit-facts.js';
import { describePermission } from '../describe.js';
import type { FindingDetail, FindingRule } from '../finding-rule.js';

type Source = AuditFacts['permissions'][number]['source'];

/** A name pattern that does not mean the same to every Python. */
export const pythonDependentPattern: FindingRule = {
  id: 'python-dependent-pattern',
  level: 'note',
  title: 'A name pattern whose answers depend on the version of Python that runs Feast',
  advice:
    'Name the version with `python`, or write a pattern that means the same to all: `[a-z0-9_]` for `\\w`, `[0-9]` for `\\d`',
  *check(facts) {
    const readings = new Map<string, PatternByVersion | undefined>();
    const unusual = facts.resources
      .map(({ resource }) => resource)
      .filter(({ name }) => isUnusualName(name));
    const names = unusual.map(({ name }) => name);
    for (const { source } of facts.permissions) {
      for (const pattern of source.namePatterns ?? []) {
        if (typeof pattern !== 'string') continue;
        if (!readings.has(pattern)) readings.set(pattern, readByAllVersions(pattern, names));
        const reading = readings.get(pattern);
        if (reading === undefined) continue;
        const differing = namesThatDiffer(facts, source, pattern, { reading, unusual });
        const detail = describeDifference(facts, source, pattern, { reading, differing });
        if (detail !== undefined) yield detail;
      }
    }
  },
};

function describeDifference(
  facts: AuditFacts,
  source: Source,
  pattern: string,
  { reading, differing }: { reading: PatternByVersion; differing: readonly Resource[] },
): FindingDetail | undefined {
  const subject = `${describePermission(facts, source)} has the name pattern ${quote(pattern)}`;
  const permission = referToPermission(source);
  const refusing = versionsWhere(reading, isRefused);
  const [first] = differing;
  if (first !== undefined) {
    const matching = versionsWhere(reading, (one) => !isRefused(one) && one.test(first.name));
    const names = listSome(differing.map(formatResource));
    return {
      level: 'warning',
      message: `${subject}, which matches ${names} under some versions of Python only: ${formatResource(first)} under ${matching.join(', ')}`,
      permission,
    };
  }
  if (refusing.length === 0 || refusing.length === reading.size) return undefined;
  // What the version in use refuses is a finding already; that another one takes it explains it.
  const python = facts.snapshot.options.python ?? DEFAULT_PYTHON;
  const accepting = versionsWhere(reading, (one) => !isRefused(one));
  return {
    message: refusing.includes(python)
      ? `${subject}, which Python ${python} refuses and ${accepting.join(', ')} would accept`
      : `${subject}, which Python ${refusing.join(', ')} refuses`,
    permission,
  };
}

/** The registered names for which the versions that understand the pattern disagree. */
function namesThatDiffer(
  { snapshot }: AuditFacts,
  source: Source,
  pattern: string,
  { reading, unusual }: { reading: PatternByVersion; unusual: readonly Resource[] },
): readonly Resource[] {
  const tests = [...reading.values()].flatMap((one) => (isRefused(one) ? [] : one));
  if (tests.length < 2) return [];
  return unusual.filter((resource) => {
    if (!mayDependOnVersion(pattern, resource.name)) return false;
    if (!isMeant(snapshot.vocabulary, source, resource)) return false;
    const [first, ...others] = tests.map((one) => one.test(resource.name));
    return others.some((answer) => answer !== first);
  });
}

/** Whether project and type of a resource are those that the permission is for. */
function isMeant(vocabulary: Vocabulary, source: Source, { project, type }: Resource): boolean {
  if (source.project !== undefined && source.project !== project) return false;
  if (isExcludedPermission(source)) return true;
  const bit = 1 << (vocabulary.typeIds.get(type) ?? 0);
  return (typeMask(vocabulary, source.types) & bit) !== 0;
}

function isRefused(one: PatternReading): one is PatternUnsupportedError {
  return one instanceof PatternUnsupportedError;
}

function versionsWhere(
  reading: PatternByVersion,
  holds: (one: PatternReading) => boolean,
): readonly PythonVersion[] {
  return [...reading].filter(([, one]) => holds(one)).map(([python]) => python);
}
