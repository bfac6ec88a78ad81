import type { AccessLevel, DynamoDbAction } from './dynamodb-action.js';
import type { PolicyEvaluator } from './evaluate.js';
import { DYNAMODB_ACTIONS } from './gen/dynamodb-actions.js';
import type { ResourcePattern, Statement, StatementReference } from './policy-document.js';
import { possibleResources, type TableResources } from './table-resources.js';

/** An action on a table, or on no resource at all, that a policy allows without need. */
export interface ExcessiveAction {
  readonly kind: 'action';
  /** With `dynamodb:`. */
  readonly action: string;
  readonly level: AccessLevel;
  /** An ARN, one that ends in `*` for all parts of a table of a kind, or `*`. */
  readonly resource: string;
  readonly allowedBy: readonly StatementReference[];
}

/** Resources other than the tables that a statement allows actions of DynamoDB on. */
export interface ExcessiveResource {
  readonly kind: 'resource';
  /** As the policy has it. */
  readonly pattern: string;
  /** Whether it stands in `NotResource`: all but these. */
  readonly negated: boolean;
  /** With `dynamodb:`; all that are allowed there, but for those that are about no resource. */
  readonly actions: readonly string[];
  /**
   * Actions that the statement names too and that work on `*` alone; left out: none, or the need
   * does not have them.
   */
  readonly onNoResource?: readonly string[];
  readonly allowedBy: readonly StatementReference[];
}

/** Actions of other services that a statement allows. */
export interface ExcessiveService {
  readonly kind: 'service';
  /** As the policy has it. */
  readonly pattern: string;
  /** Whether it stands in `NotAction`: all but these. */
  readonly negated: boolean;
  /** Whether it is about all of them, rather than one by its name. */
  readonly everyService: boolean;
  readonly allowedBy: readonly StatementReference[];
}

/** Something that policies allow beyond a need. */
export type Excess = ExcessiveAction | ExcessiveResource | ExcessiveService;

type IsMeant = (pattern: string) => boolean;

/** What policies allow beyond `needed` actions on tables. In doubt something is in excess. */
export function findExcess(
  evaluator: PolicyEvaluator,
  needed: ReadonlySet<string>,
  tables: readonly TableResources[],
): readonly Excess[] {
  return [
    ...excessiveActions(evaluator, needed, tables),
    ...findWideGrants(evaluator, (pattern) => isWithin(pattern, tables)).map(withoutKept),
  ];
}

/** Every action that is about no resource is in excess itself. */
function withoutKept(grant: ExcessiveResource | ExcessiveService): Excess {
  if (grant.kind === 'service') return grant;
  const { onNoResource: _, ...rest } = grant;
  return rest;
}

/**
 * What policies allow on resources that are not meant, and of other services. In doubt something is
 * in excess.
 *
 * @param isMeant whether a pattern of a resource matches only what is meant
 */
export function findWideGrants(
  evaluator: PolicyEvaluator,
  isMeant: IsMeant,
): readonly (ExcessiveResource | ExcessiveService)[] {
  const allows = evaluator.statements.filter(({ effect }) => effect === 'Allow');
  return [
    ...allows.flatMap((statement) => excessiveResources(evaluator, statement, isMeant)),
    ...allows.flatMap((statement) => excessiveServices(evaluator, statement)),
  ];
}

function excessiveActions(
  evaluator: PolicyEvaluator,
  needed: ReadonlySet<string>,
  tables: readonly TableResources[],
): readonly ExcessiveAction[] {
  const found = new Map<string, ExcessiveAction>();
  for (const action of DYNAMODB_ACTIONS) {
    const { name, level } = action;
    if (needed.has(name)) continue;
    for (const target of tables.flatMap((table) => possibleResources(action, table))) {
      const { answer } = evaluator.decide(name, target);
      if (answer !== 'allowed' && answer !== 'conditional') continue;
      const resource = target.open ? `${target.text}*` : target.text;
      const allowedBy = evaluator.allowing(name, target);
      // Of a policy that is not at hand it is unknown what it allows.
      if (allowedBy.length === 0) continue;
      // Several tables share what is about no table.
      found.set(`${name} ${resource}`, {
        kind: 'action',
        action: `dynamodb:${name}`,
        level,
        resource,
        allowedBy,
      });
    }
  }
  return [...found.values()];
}

function excessiveResources(
  evaluator: PolicyEvaluator,
  statement: Statement,
  isMeant: IsMeant,
): readonly ExcessiveResource[] {
  const named = DYNAMODB_ACTIONS.filter(({ name }) => evaluator.naming(name).has(statement));
  const names = namesOf(named, (types) => types.length > 0);
  const kept = isByName(statement) ? namesOf(named, (types) => types.length === 0) : [];
  const denials = soundDenials(evaluator);
  const { negated, patterns } = statement.resources;
  const reaching = negated
    ? [patterns.map(({ source }) => source).join(', ')]
    : patterns.filter(({ service }) => isDynamoDb(service)).map(({ source }) => source);
  return [...new Set(reaching)].flatMap((pattern) => {
    if (!negated && isMeant(pattern)) return [];
    const denying = denials.filter((denial) =>
      isRestDenied(
        denial,
        negated ? undefined : patterns.find(({ source }) => source === pattern),
        isMeant,
      ),
    );
    const actions = names.filter(
      (name) => !denying.some((denial) => evaluator.naming(name).has(denial)),
    );
    if (actions.length === 0) return [];
    return [
      {
        kind: 'resource',
        pattern,
        negated,
        actions: actions.map(withService),
        ...(kept.length > 0 && { onNoResource: kept.map(withService) }),
        allowedBy: [statement.reference],
      },
    ];
  });
}

function namesOf(
  actions: readonly DynamoDbAction[],
  isMeant: (types: DynamoDbAction['resourceTypes']) => boolean,
): readonly string[] {
  return actions.flatMap(({ name, resourceTypes }) => (isMeant(resourceTypes) ? name : []));
}

function withService(name: string): string {
  return `dynamodb:${name}`;
}

/** Whether a statement names its actions of DynamoDB, rather than all of them. */
function isByName({ actions: { negated, patterns } }: Statement): boolean {
  return !negated && patterns.every(({ names }) => names.size < DYNAMODB_ACTIONS.length);
}

/** Whether a statement denies what a pattern reaches beyond what is meant; left out: everything. */
function isRestDenied(
  { resources: { negated, patterns } }: Statement,
  allowed: ResourcePattern | undefined,
  isMeant: IsMeant,
): boolean {
  if (negated) return patterns.every(({ source }) => isMeant(source));
  return patterns.some(({ source, arn }) => source === '*' || (allowed && arn.covers(allowed.arn)));
}

/**
 * Whether an action is left of what statements allow, once what is denied without a condition is
 * taken off.
 */
export function isUsable(evaluator: PolicyEvaluator, action: string): boolean {
  const named = [...evaluator.naming(action)];
  const denials = soundDenials(evaluator).filter((denial) => named.includes(denial));
  return named
    .filter(({ effect }) => effect === 'Allow')
    .some(({ resources: { negated, patterns } }) =>
      negated
        ? !denials.some((denial) => isRestDenied(denial, undefined, () => false))
        : patterns.some(
            (pattern) => !denials.some((denial) => isRestDenied(denial, pattern, () => false)),
          ),
    );
}

/** Whether a pattern matches nothing but tables that are meant, and parts of them. */
function isWithin(pattern: string, tables: readonly TableResources[]): boolean {
  return tables.some(
    ({ table, globalTable }) =>
      pattern === table || pattern === globalTable || pattern.startsWith(`${table}/`),
  );
}

function excessiveServices(
  evaluator: PolicyEvaluator,
  { actions, resources, reference }: Statement,
): readonly ExcessiveService[] {
  const isForDynamoDb =
    !resources.negated && resources.patterns.every(({ service }) => service === 'dynamodb');
  if (isForDynamoDb || areOtherServicesDenied(evaluator)) return [];
  const allowedBy = [reference];
  if (actions.negated) {
    const pattern = actions.patterns.map(({ source }) => source).join(', ');
    return [{ kind: 'service', pattern, negated: true, everyService: true, allowedBy }];
  }
  const others = actions.patterns.filter(({ service }) => service !== 'dynamodb');
  return others.map(({ source, service }) => ({
    kind: 'service',
    pattern: source,
    negated: false,
    everyService: service === '*',
    allowedBy,
  }));
}

function areOtherServicesDenied(evaluator: PolicyEvaluator): boolean {
  return soundDenials(evaluator).some(({ actions, resources }) => {
    const isEverywhere =
      !resources.negated && resources.patterns.some(({ source }) => source === '*');
    const coversOthers = actions.negated
      ? actions.patterns.every(({ service }) => service === 'dynamodb')
      : actions.patterns.some(({ service }) => service === '*');
    return isEverywhere && coversOthers;
  });
}

function soundDenials({ statements }: PolicyEvaluator): readonly Statement[] {
  return statements.filter(({ effect, conditional }) => effect === 'Deny' && !conditional);
}

function isDynamoDb(service: string): boolean {
  return service === 'dynamodb' || service === '*';
}
