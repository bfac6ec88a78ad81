import { describe, expect, test } from 'vitest';
import {
  type LinkFilesRules,
  type LinkFinding,
  readLinkState,
  verifyLinkFiles,
} from '../../../../src/platforms/databricks/links/index.js';
import { RECORDED, RECORDED_FORMS, recorded } from '../acl/recorded-module.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const MADE_AT = 1796005442171;
const { staging, prod, dev } = RECORDED;
const addressOf = ({ host, workspaceId }: typeof staging | typeof prod) => ({ host, workspaceId });
const REMOTES = { staging: addressOf(staging), prod: addressOf(prod) };
const RULES: LinkFilesRules = {
  applicationIds: { staging: staging.applicationId, prod: prod.applicationId },
  additionalTokenUsageGroups: ['ml-platform'],
  compatibility: 'terraform-module',
  remotes: REMOTES,
  now: () => MADE_AT + DAY_MS,
};
const STATES = RECORDED_FORMS.filter((form) => form !== 'plan.json');

type Change = (values: Record<string, unknown>) => void;

/** The provider of one workspace, led to another one. */
const wired =
  (from: string, to: string): Change =>
  (values) => {
    const [config] = (values['provider_config'] ?? []) as { workspace_id: string }[];
    if (config?.workspace_id === from) values['provider_config'] = [{ workspace_id: to }];
  };
const unnumbered: Change = (values) => {
  delete values['provider_config'];
};

function verify(
  form: (typeof RECORDED_FORMS)[number],
  change?: Change,
  rules: LinkFilesRules = RULES,
): readonly LinkFinding[] {
  const options = { name: form, onSecret: () => {}, rules };
  return verifyLinkFiles(rules, [readLinkState(recorded(form, change), options)]);
}

const where = (findings: readonly LinkFinding[]): unknown => {
  const counts: Record<string, number> = {};
  for (const { rule, workspace } of findings) {
    counts[`${rule} ${workspace}`] = (counts[`${rule} ${workspace}`] ?? 0) + 1;
  }
  return counts;
};

describe.each(STATES)('the recorded state of the module, %s', (form) => {
  test('has all links', () => {
    expect(verify(form)).toEqual([]);
  });

  test('lacks everything of staging where its provider leads to production', () => {
    const findings = verify(form, wired(staging.workspaceId, prod.workspaceId));
    // Service principal, member, registry, 2 groups with tokens, token, group; 3 secrets, 1 reader.
    expect(where(findings)).toEqual({ 'change-missing staging': 11 });
  });

  test('lacks what is in a workspace that the links do not name', () => {
    const rules = { ...RULES, devWorkspaceId: dev };
    expect(verify(form, undefined, rules)).toEqual([]);
    // Two scopes with three secrets and a reader each.
    expect(where(verify(form, wired(dev, '4444444444444444'), rules))).toEqual({
      'change-missing dev': 8,
    });
  });

  test('counts resources where an older provider gives them no workspace', () => {
    expect(verify(form, unnumbered)).toEqual([]);
  });

  test('is compared by its own number for each workspace, whatever stands elsewhere', () => {
    const rules = { ...RULES, remotes: { staging: REMOTES.prod, prod: REMOTES.staging } };
    expect(where(verify(form, undefined, rules))).toMatchObject({
      'change-missing staging': expect.any(Number),
      'change-missing prod': expect.any(Number),
    });
  });
});
