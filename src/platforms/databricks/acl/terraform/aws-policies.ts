import { getOrAdd } from '../../../../foundation/get-or-add.js';
import { parseJsonObject } from '../../../../foundation/json.js';
import { isPlainObject, quote } from '../../../../model/index.js';
import { iamPolicyKind } from '../../../aws-iam/index.js';
import type { ReadContext } from '../file-reader.js';
import { type TerraformResource, textAt } from './terraform-resource.js';

/** A policy that stands in a resource of Terraform. */
interface StatePolicy {
  /** Its address, with the name of an inline policy. */
  readonly name: string;
  readonly text: string;
  /** Names of the roles that it is of. */
  readonly roles: readonly string[];
}

/**
 * Checks policies of AWS in a state like files with policies.
 *
 * A policy of a role counts for each instance profile of the role. One that no resource attaches
 * stands for itself.
 *
 * @source provider `hashicorp/aws` 5.100.0: `aws_iam_policy`, `aws_iam_role_policy`, `aws_iam_role`
 *   (`inline_policy`), `aws_iam_role_policy_attachment`, `aws_iam_instance_profile`
 */
export function readAwsPolicies(
  resources: readonly TerraformResource[],
  context: ReadContext,
): void {
  const { now, collector } = context;
  const policies = policiesIn(resources);
  if (policies.length === 0) return;
  const { arns, profiles } = rolesIn(resources);
  for (const { name, text, roles } of policies) {
    const document = parseJsonObject(text);
    if (document === undefined || !iamPolicyKind.detect(document)) {
      const message = `${quote(name)} has a policy that is not one of AWS; it is not looked at`;
      collector.facts.findings.push({ rule: 'iam-malformed', level: 'error', message });
      continue;
    }
    const reading = iamPolicyKind.read(document, name, now === undefined ? {} : { now });
    for (const finding of reading.findings) collector.facts.findings.push(finding);
    const { writes } = reading;
    const [role] = roles;
    const principal = role === undefined ? undefined : (arns.get(role) ?? `role/${role}`);
    const owners = roles.flatMap((one) => profiles.get(one) ?? []);
    for (const profile of owners.length === 0 ? [undefined] : owners) {
      collector.facts.storePolicies.push({ name, profile, principal, document, writes });
    }
  }
}

function policiesIn(resources: readonly TerraformResource[]): readonly StatePolicy[] {
  const attached = new Map<string, string[]>();
  for (const { type, values } of resources) {
    const [arn, role] = [textAt(values, 'policy_arn'), textAt(values, 'role')];
    if (type !== 'aws_iam_role_policy_attachment' || !arn || !role) continue;
    getOrAdd(attached, arn, () => []).push(role);
  }
  return resources.flatMap(({ type, address, values }): readonly StatePolicy[] => {
    const text = textAt(values, 'policy');
    const role = textAt(values, 'role');
    if (type === 'aws_iam_policy' && text !== undefined) {
      return [{ name: address, text, roles: attached.get(textAt(values, 'arn') ?? '') ?? [] }];
    }
    if (type === 'aws_iam_role_policy' && text !== undefined) {
      return [{ name: address, text, roles: role === undefined ? [] : [role] }];
    }
    return type === 'aws_iam_role' ? inlinePolicies(address, values) : [];
  });
}

function inlinePolicies(
  address: string,
  values: TerraformResource['values'],
): readonly StatePolicy[] {
  const role = textAt(values, 'name');
  const inline: unknown = values['inline_policy'];
  const blocks: readonly unknown[] = Array.isArray(inline) ? inline : [];
  return blocks.flatMap((one, at): readonly StatePolicy[] => {
    const block = isPlainObject(one) ? one : {};
    const text = textAt(block, 'policy');
    if (text === undefined) return [];
    const name = `${address}: ${textAt(block, 'name') ?? at}`;
    return [{ name, text, roles: role === undefined ? [] : [role] }];
  });
}

/** ARNs of roles and of their instance profiles, by the name of the role. */
function rolesIn(resources: readonly TerraformResource[]): {
  readonly arns: ReadonlyMap<string, string>;
  readonly profiles: ReadonlyMap<string, readonly string[]>;
} {
  const arns = new Map<string, string>();
  const profiles = new Map<string, string[]>();
  for (const { type, values } of resources) {
    const [arn, name, role] = [
      textAt(values, 'arn'),
      textAt(values, 'name'),
      textAt(values, 'role'),
    ];
    if (arn === undefined) continue;
    if (type === 'aws_iam_role' && name !== undefined) arns.set(name, arn);
    if (type === 'aws_iam_instance_profile' && role !== undefined) {
      getOrAdd(profiles, role, () => []).push(arn);
    }
  }
  return { arns, profiles };
}
