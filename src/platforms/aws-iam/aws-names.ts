import { findNearest } from '../../foundation/did-you-mean.js';
import { DYNAMODB_ACTIONS } from './gen/dynamodb-actions.js';
import { ARN_SERVICES, CONDITION_KEYS, SERVICES } from './gen/iam-names.js';
import { WildcardPattern } from './wildcard-pattern.js';

/** @source docs.aws.amazon.com/general/latest/gr: the partitions of AWS */
const PARTITIONS = 'aws aws-cn aws-us-gov aws-eusc aws-iso aws-iso-b aws-iso-e aws-iso-f'.split(
  ' ',
);

/**
 * @source docs.aws.amazon.com/general/latest/gr/ddb.html, and the regions of the other partitions
 */
const REGIONS = [
  'us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 ca-west-1 mx-central-1 sa-east-1',
  'eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3',
  'af-south-1 il-central-1 me-central-1 me-south-1 ap-east-1 ap-east-2 ap-south-1 ap-south-2',
  'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-southeast-1 ap-southeast-2 ap-southeast-3',
  'ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 cn-north-1 cn-northwest-1',
  'us-gov-east-1 us-gov-west-1 us-iso-east-1 us-iso-west-1 us-isob-east-1 us-isob-west-1',
  'eu-isoe-west-1 us-isof-east-1 us-isof-south-1 eusc-de-east-1',
].flatMap((row) => row.split(' '));

/** @source reference_policies_elements_condition_operators.html */
const OPERATORS = [
  'StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase StringLike StringNotLike',
  'NumericEquals NumericNotEquals NumericLessThan NumericLessThanEquals NumericGreaterThan',
  'NumericGreaterThanEquals DateEquals DateNotEquals DateLessThan DateLessThanEquals DateGreaterThan',
  'DateGreaterThanEquals Bool BinaryEquals IpAddress NotIpAddress ArnEquals ArnLike ArnNotEquals ArnNotLike',
]
  .flatMap((row) => row.split(' '))
  .flatMap((operator) => [operator, `${operator}IfExists`])
  .concat('Null');
/** @source reference_policies_condition-single-vs-multi-valued-context-keys.html */
const SETS = ['ForAllValues', 'ForAnyValue'];

const PRINCIPAL_TYPES = ['AWS', 'Service', 'Federated', 'CanonicalUser'];
const TABLE_TYPES = ['table', 'global-table'];
const PART_TYPES = ['index', 'stream', 'backup', 'export', 'import'];

/** Of equally near names the first one counts: DynamoDB is what policies are read for here. */
const ACTION_SERVICES = ['dynamodb', ...SERVICES];
const ALL_SERVICES: ReadonlySet<string> = new Set([...SERVICES, ...ARN_SERVICES]);
const ACTION_NAMES = DYNAMODB_ACTIONS.map(({ name }) => name);
const LOWER_CASE_ACTIONS = ACTION_NAMES.map((name) => [name, name.toLowerCase()] as const);
/** What is before a wildcard in patterns that people write: whole words, such as `BatchGet`. */
const ACTION_STEMS = [
  ...new Set(
    ACTION_NAMES.flatMap((name) => {
      const words = name.match(/[A-Z]+[a-z]*/g) ?? [];
      return words.map((_, at) => words.slice(0, at + 1).join(''));
    }),
  ),
];

/** A name that AWS does not have, and the nearest that it has. */
export interface UnknownName {
  /** What it is a name of. */
  readonly what: string;
  readonly name: string;
  readonly nearest: string | undefined;
}

/** The actions of DynamoDB that a pattern in lower case matches. */
export function matchActions(pattern: string): readonly string[] {
  const read = WildcardPattern.read(pattern, false);
  return LOWER_CASE_ACTIONS.flatMap(([name, text]) =>
    read?.matches({ text, open: false }) === 'all' ? name : [],
  );
}

/** The nearest pattern that matches an action of DynamoDB, for one that matches none. */
export function nearestAction(pattern: string): string | undefined {
  const wildcard = /^(?<stem>[a-z0-9]+)\*$/i.exec(pattern)?.groups?.['stem'];
  if (wildcard === undefined) {
    return findNearest(pattern.replace(/[*?]/g, ''), ACTION_NAMES);
  }
  const stem = findNearest(wildcard, ACTION_STEMS);
  return stem === undefined ? undefined : `${stem}*`;
}

/**
 * The action that a text most likely stands for, where it is not one: another sign for the colon, a
 * service or an action that is misspelt, or no service at all.
 */
export function nearestFullAction(source: string): string | undefined {
  const text = source.trim();
  const { head = '', rest = '' } =
    /^(?<head>[a-z0-9*?-]{1,64})\s*[:./_ ]+\s*(?<rest>\S.{0,127})$/i.exec(text)?.groups ?? {};
  if (head === '') return fullAction('dynamodb', text);
  if (/^[*?]+$/.test(head)) return fullAction('dynamodb', rest);
  const service = nearestService(head.replace(/[*?]/g, ''), SERVICES);
  return service === undefined ? undefined : fullAction(service, rest);
}

function fullAction(service: string, rest: string): string | undefined {
  if (/[^\x20-\x7e]/.test(rest)) return undefined;
  const name = rest.replace(/[^A-Za-z0-9*?]/g, '');
  if (service !== 'dynamodb') return name === '' ? undefined : `${service}:${name}`;
  const lower = name.toLowerCase();
  const written = LOWER_CASE_ACTIONS.find(([, action]) => action === lower)?.[0];
  const action =
    written ?? (matchActions(lower).length > 0 && name !== '' ? name : nearestAction(name));
  return action === undefined ? undefined : `dynamodb:${action}`;
}

/** A service before the colon of an action that AWS does not have. */
export function unknownActionService(service: string): UnknownName | undefined {
  if (ALL_SERVICES.has(service)) return undefined;
  return { what: 'service', name: service, nearest: nearestService(service, SERVICES) };
}

function nearestService(written: string, services: readonly string[]): string | undefined {
  const service = written.toLowerCase();
  if (services.includes(service)) return service;
  // DynamoDB's streams are a service of its API and not of its policies.
  if (service.startsWith('dynamo')) return 'dynamodb';
  return findNearest(service, ACTION_SERVICES);
}

/**
 * Names of an ARN that AWS does not have. A part with a wildcard or a variable does not count as a
 * name.
 */
export function unknownArnNames(source: string): readonly UnknownName[] {
  const [, partition = '', service = '', region = '', , ...rest] = source.split(':');
  const unknown: UnknownName[] = [];
  const check = (what: string, name: string, known: readonly string[]): void => {
    if (name === '' || /[*?$\ue000]/.test(name) || known.includes(name)) return;
    unknown.push({ what, name, nearest: findNearest(name, known) });
  };
  check('partition', partition, PARTITIONS);
  if (!ALL_SERVICES.has(service)) {
    unknown.push({ what: 'service', name: service, nearest: nearestService(service, SERVICES) });
  }
  check('region', region, REGIONS);
  if (service !== 'dynamodb' || rest.length === 0) return unknown;
  const [type = '', , part, name] = rest.join(':').split('/');
  check('resource type', type, TABLE_TYPES);
  if (type === 'table' && part !== undefined && name !== undefined) {
    check('resource type', part, PART_TYPES);
  }
  return unknown;
}

/** The nearest operator, for one that AWS does not have; `undefined` where it has it. */
export function unknownOperator(operator: string): UnknownName | undefined {
  const at = operator.indexOf(':');
  const set = operator.slice(0, Math.max(at, 0));
  const base = operator.slice(at + 1);
  const nearestSet = at < 0 ? '' : findExact(set, SETS);
  const nearestBase = findExact(base, OPERATORS);
  if (nearestSet !== undefined && nearestBase !== undefined) return undefined;
  const meantSet = nearestSet ?? findNearest(set, SETS);
  // An operator that says the opposite is never what was meant.
  const alike = OPERATORS.filter((one) => isNegative(one) === isNegative(base));
  const meantBase = nearestBase ?? findNearest(base, alike);
  const isKnown = meantSet !== undefined && meantBase !== undefined;
  const nearest = isKnown ? `${at < 0 ? '' : `${meantSet}:`}${meantBase}` : undefined;
  return { what: 'condition operator', name: operator, nearest };
}

function isNegative(operator: string): boolean {
  return /not/i.test(operator);
}

/** AWS compares these names without the case of letters. */
function findExact(written: string, known: readonly string[]): string | undefined {
  const lower = written.toLowerCase();
  return known.find((name) => name.toLowerCase() === lower);
}

/**
 * A condition key, or a policy variable, that AWS does not have. Keys of other services are not
 * looked at.
 */
export function unknownConditionKey(key: string, what: string): UnknownName | undefined {
  const at = key.indexOf(':');
  if (at < 0) {
    const nearest = findNearest(key, CONDITION_KEYS.map(withoutService));
    const known = CONDITION_KEYS.find((one) => withoutService(one) === nearest);
    return { what, name: key, nearest: known };
  }
  const service = key.slice(0, at).toLowerCase();
  if (service === 'aws' || service === 'dynamodb') {
    const slash = key.indexOf('/');
    const stem = slash < 0 ? key : key.slice(0, slash + 1);
    if (findExact(stem, CONDITION_KEYS) !== undefined) return undefined;
    const own = CONDITION_KEYS.filter((one) => one.endsWith('/') === slash >= 0);
    const nearest = findNearest(stem, own);
    return {
      what,
      name: key,
      nearest: nearest && `${nearest}${slash < 0 ? '' : key.slice(slash + 1)}`,
    };
  }
  // Providers of identities have keys under their own host names, and under `saml`.
  if (/[./]/.test(service) || service === 'saml' || ALL_SERVICES.has(service)) return undefined;
  return { what, name: key, nearest: findNearest(key, CONDITION_KEYS) };
}

function withoutService(key: string): string {
  return key.slice(key.indexOf(':') + 1);
}

/** The keys of a principal that AWS does not have. */
export function unknownPrincipalTypes(types: readonly string[]): readonly UnknownName[] {
  return types.flatMap((name) =>
    PRINCIPAL_TYPES.includes(name)
      ? []
      : { what: 'type of principal', name, nearest: findNearest(name, PRINCIPAL_TYPES) },
  );
}
