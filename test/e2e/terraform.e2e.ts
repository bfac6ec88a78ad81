import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  parseServicesText,
  readServicesFile,
  type ServicesFile,
} from '../../src/platforms/databricks/acl/index.js';
import { transcript } from './support/recording.js';

/**
 * The resource type that Terraform has built in stands for all others: it shows the outer form of a
 * state and of a plan. The provider of Databricks is not needed for that.
 */
const MODULE = `
variable "label" { type = string }
resource "terraform_data" "inner" { input = var.label }
output "id" { value = terraform_data.inner.id }
`;
const ROOT = `
variable "client_secret" {
  type      = string
  sensitive = true
}
module "outer" {
  source = "./outer"
  label  = "inner"
}
resource "terraform_data" "keeper" {
  for_each = toset(["a/b", "c"])
  input    = { key = each.key, client = var.client_secret }
}
output "client" {
  value     = var.client_secret
  sensitive = true
}
`;
const OUTER = `
variable "label" { type = string }
module "nested" {
  source = "../nested"
  label  = var.label
}
`;
const SECRET = 'example-secret-for-a-real-terraform';

const isThere = ((): boolean => {
  try {
    execFileSync('terraform', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

interface Shown {
  readonly file: ServicesFile;
  readonly secrets: ReadonlySet<string>;
}

// Terraform is not part of the project: where it is not installed, there is nothing to hold the
// form against.
describe.skipIf(!isThere)('what a real Terraform shows', () => {
  let folder: string;
  const terraform = (...args: readonly string[]): string =>
    execFileSync('terraform', [`-chdir=${folder}`, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {
        ...process.env,
        TF_VAR_client_secret: SECRET,
        CHECKPOINT_DISABLE: '1',
        TF_IN_AUTOMATION: '1',
      },
    });
  const read = (text: string, name: string): Shown => {
    const secrets = new Set<string>();
    const value = parseServicesText(text, name);
    const file = readServicesFile(value, { name, onSecret: (one) => secrets.add(one.value) });
    transcript.record('audit', file);
    return { file, secrets };
  };

  let plan: Shown;
  let state: Shown;
  let stateFile: Shown;
  let empty: Shown;

  beforeAll(() => {
    transcript.watchSecret(SECRET, 'client secret');
    folder = mkdtempSync(join(tmpdir(), 'terraform-e2e-'));
    for (const [name, text] of [
      ['main.tf', ROOT],
      ['outer/main.tf', OUTER],
      ['nested/main.tf', MODULE],
    ] as const) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    terraform('init', '-backend=false', '-input=false');
    empty = read(terraform('show', '-json'), 'empty.json');
    terraform('plan', '-input=false', '-out=plan');
    plan = read(terraform('show', '-json', 'plan'), 'plan.json');
    terraform('apply', '-input=false', '-auto-approve', 'plan');
    state = read(terraform('show', '-json'), 'state.json');
    stateFile = read(terraform('state', 'pull'), 'terraform.tfstate');
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('is told apart by its form', () => {
    expect([plan, state, stateFile, empty].map(({ file }) => file.kind)).toEqual([
      'terraform-plan',
      'terraform-state',
      'terraform-state-file',
      'terraform-state',
    ]);
  });

  test('has its secrets where they are looked for', () => {
    expect(plan.secrets).toContain(SECRET);
    expect(state.secrets).toContain(SECRET);
    expect(stateFile.secrets).toContain(SECRET);
    expect(empty.secrets.size).toBe(0);
    expect(JSON.stringify([plan, state, stateFile].map(({ file }) => file))).not.toContain(SECRET);
  });

  test('names outputs, variables and resources that hold them', () => {
    const addresses = ({ file }: Shown): readonly string[] =>
      file.facts.storedSecrets.map(({ address }) => address);
    expect(addresses(plan)).toEqual(expect.arrayContaining(['output.client', 'var.client_secret']));
    const stored = ['terraform_data.keeper["a/b"]', 'terraform_data.keeper["c"]', 'output.client'];
    expect(new Set(addresses(state))).toEqual(new Set(stored));
    expect(new Set(addresses(stateFile))).toEqual(new Set(stored));
  });

  test('lists resources of all modules in the form that is read', () => {
    const text = terraform('show', '-json');
    // As if each were a service principal: what is read is the address and the values.
    const renamed = read(
      text.replaceAll('"type":"terraform_data"', '"type":"databricks_service_principal"'),
      'renamed.json',
    );
    const { servicePrincipals } = renamed.file.facts;
    expect(servicePrincipals.map(({ displayName }) => displayName).sort()).toEqual([
      'module.outer.module.nested.terraform_data.inner',
      'terraform_data.keeper["a/b"]',
      'terraform_data.keeper["c"]',
    ]);
    expect(servicePrincipals.every(({ id }) => id !== undefined)).toBe(true);
  });
});
