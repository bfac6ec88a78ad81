import { isPlainObject } from '../../model/index.js';
import { absentManagedPolicy } from './absent-policy.js';
import { type FoundPolicy, foundAbsent, isDocument, type Members } from './found-policy.js';
import { isTemplateValue, readTemplateText, showTemplateText } from './template-values.js';

const POLICY_TYPE = /^AWS::IAM::(?:Managed|Role|User|Group)?Policy$/;
const OWNER_TYPE = /^AWS::IAM::(?:Role|User|Group)$/;
/** These have a role that SAM makes for them. */
const SERVERLESS_TYPE = /^AWS::Serverless::(?:Function|StateMachine)$/;

interface TemplateResource {
  readonly id: string;
  readonly type: string;
  readonly properties: Members;
}

/**
 * The policies in a template of CloudFormation or SAM, as CDK writes them too.
 *
 * A policy is found once for each user, group and role that it is attached to, and that of a group
 * for each of its users too.
 *
 * @returns `undefined` if `json` is of another form, or has no policy
 * @source AWS CloudFormation template reference: AWS::IAM, UserToGroupAddition; AWS SAM
 * specification: AWS::Serverless::Function, `Policies` and `Role`
 */
export function findInTemplate(json: Members): readonly FoundPolicy[] | undefined {
  const template = isPlainObject(json['TemplateBody']) ? json['TemplateBody'] : json;
  if (!isPlainObject(template['Resources'])) return undefined;
  const resources = listResources(template['Resources']);
  const owners = new Owners(resources);
  const found = resources.flatMap((resource) => {
    if (POLICY_TYPE.test(resource.type)) return findPolicy(resource, owners);
    if (OWNER_TYPE.test(resource.type)) return findOwned(resource, owners);
    return SERVERLESS_TYPE.test(resource.type) ? findServerless(resource, owners) : [];
  });
  return found.length === 0 ? undefined : found;
}

function listResources(resources: Members): readonly TemplateResource[] {
  return Object.entries(resources).flatMap(([id, resource]) => {
    // `Fn::ForEach::NAME: [variable, values, { KEY: resource }]`
    if (id.startsWith('Fn::ForEach::') && Array.isArray(resource))
      return isPlainObject(resource[2]) ? listResources(resource[2]) : [];
    if (!isPlainObject(resource) || typeof resource['Type'] !== 'string') return [];
    const properties = resource['Properties'];
    return isPlainObject(properties) ? [{ id, type: resource['Type'], properties }] : [];
  });
}

/** Who is attached to what, both by logical ID where the template has it. */
class Owners {
  readonly #ids = new Map<string, string>();
  readonly #policies = new Set<string>();
  readonly #users = new Map<string, Set<string>>();
  readonly #managed = new Map<string, Set<string>>();

  constructor(resources: readonly TemplateResource[]) {
    for (const { id, type, properties } of resources) {
      if (POLICY_TYPE.test(type)) this.#policies.add(id);
      for (const key of ['RoleName', 'UserName', 'GroupName', 'ManagedPolicyName']) {
        const name = properties[key];
        if (typeof name === 'string') this.#ids.set(name, id);
      }
    }
    for (const resource of resources) this.#link(resource);
  }

  #link({ id, type, properties }: TemplateResource): void {
    const groups = listOf(properties['Groups']);
    if (type === 'AWS::IAM::User') for (const group of groups) add(this.#users, this.of(group), id);
    if (type === 'AWS::IAM::UserToGroupAddition') {
      const group = this.of(properties['GroupName']);
      for (const user of listOf(properties['Users'])) add(this.#users, group, this.of(user));
    }
    const isServerless = SERVERLESS_TYPE.test(type);
    if (!isServerless && !OWNER_TYPE.test(type)) return;
    if (isServerless && isRoleGiven(properties['Role'])) return;
    const owner = isServerless ? roleOfServerless(id) : id;
    const attached = properties[isServerless ? 'Policies' : 'ManagedPolicyArns'];
    for (const policy of listOf(attached)) {
      if (isReference(policy)) add(this.#managed, this.of(policy), owner);
    }
  }

  /**
   * The logical ID of what a reference or a name stands for; otherwise what is written, for people.
   */
  of(value: unknown): string {
    if (isReference(value)) return value.Ref;
    const text = show(value);
    return this.#ids.get(text) ?? text;
  }

  /** Whether the template has the policy itself. */
  isPolicy(id: string): boolean {
    return this.#policies.has(id);
  }

  /** What a policy of the template is attached to in lists of others. */
  holding(policy: string): readonly string[] {
    return [...(this.#managed.get(policy) ?? [])];
  }

  /** A user, group or role, and the users that are in the group. */
  withUsers(owner: string): readonly string[] {
    return [owner, ...(this.#users.get(owner) ?? [])];
  }
}

function findPolicy({ id, properties }: TemplateResource, owners: Owners): readonly FoundPolicy[] {
  const attached: unknown[] = ['Roles', 'Users', 'Groups'].flatMap((list) =>
    listOf(properties[list]),
  );
  for (const name of ['RoleName', 'UserName', 'GroupName']) {
    if (properties[name] !== undefined) attached.push(properties[name]);
  }
  const direct = new Set([...attached.map((one) => owners.of(one)), ...owners.holding(id)]);
  // It may be attached somewhere else.
  const holders = direct.size === 0 ? [id] : [...direct];
  const document = properties['PolicyDocument'];
  return forEach(holders, owners, { document, label: id, isInForce: true });
}

function findOwned(resource: TemplateResource, owners: Owners): readonly FoundPolicy[] {
  const { id, properties } = resource;
  const found = listOf(properties['Policies']).flatMap((policy) => {
    if (isNoValue(policy)) return [];
    const isKnown = isPlainObject(policy) && !isTemplateValue(policy);
    const document = isKnown ? policy['PolicyDocument'] : policy;
    const label = `${id} ${isKnown ? show(policy['PolicyName']) : '?'}`;
    return forEach([id], owners, { document, label, isInForce: true });
  });
  const managed = listOf(properties['ManagedPolicyArns']).flatMap((arn) =>
    findAttached(arn, id, owners),
  );
  return [...found, ...managed];
}

function findServerless(resource: TemplateResource, owners: Owners): readonly FoundPolicy[] {
  const { id, properties } = resource;
  // SAM makes the role only where the template gives none.
  const isInForce = !isRoleGiven(properties['Role']);
  const principal = roleOfServerless(id);
  return listOf(properties['Policies']).flatMap((policy, index): readonly FoundPolicy[] => {
    const isInline = isPlainObject(policy) && isDocument(policy);
    const about = { principal, isInForce };
    if (isInline) return [{ ...about, document: policy, label: `${id} Policies[${index}]` }];
    // What is attached to a role that SAM does not make has no effect.
    if (!isInForce) return [];
    if (!isPlainObject(policy) || isTemplateValue(policy))
      return findAttached(policy, principal, owners);
    const name = Object.keys(policy).join(', ');
    const fix = 'it is a policy template of SAM; check the policy as it is deployed';
    return [foundAbsent({ id: `${id} ${name}`, fix }, about)];
  });
}

/** An entry of a list of managed policies. Those of the template itself are found on their own. */
function findAttached(value: unknown, owner: string, owners: Owners): readonly FoundPolicy[] {
  if (isNoValue(value)) return [];
  const id = owners.of(value);
  if (isReference(value) && owners.isPolicy(id)) return [];
  const isName = typeof value === 'string' && !value.startsWith('arn:');
  const arn = isName ? `arn:aws:iam::aws:policy/${value}` : show(value);
  const fix = 'its template fills in which policy it is; check the policies as they are deployed';
  const absent = typeof value === 'string' ? absentManagedPolicy(arn) : { id: arn, fix };
  return owners.withUsers(owner).map((principal) => foundAbsent(absent, { principal }));
}

function forEach(
  holders: readonly string[],
  owners: Owners,
  policy: FoundPolicy,
): readonly FoundPolicy[] {
  const all = new Set(holders.flatMap((holder) => owners.withUsers(holder)));
  return Array.from(all, (principal) => ({ ...policy, principal }));
}

function roleOfServerless(id: string): string {
  return `${id}Role`;
}

function isRoleGiven(role: unknown): boolean {
  if (typeof role === 'string') return role !== '';
  if (isReference(role)) return !isNoValue(role);
  return isPlainObject(role) && ('Fn::GetAtt' in role || 'Fn::Sub' in role);
}

function isReference(value: unknown): value is { readonly Ref: string } {
  return isPlainObject(value) && isTemplateValue(value) && typeof value['Ref'] === 'string';
}

function isNoValue(value: unknown): boolean {
  return isReference(value) && value.Ref === 'AWS::NoValue';
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, new Set([value]));
  else known.add(value);
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** A text of the template for people. */
function show(value: unknown): string {
  const text = readTemplateText(value);
  return text === undefined ? '?' : showTemplateText(text);
}
