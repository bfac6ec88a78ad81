import fc from 'fast-check';

export const ACCOUNT = '123456789012';
export const TABLE = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/features`;

/**
 * Policies that AWS accepts, in which each condition has a tag of its own and stands in one
 * statement.
 */
export interface RandomPolicy {
  readonly documents: readonly object[];
  /** Number of conditions: condition `i` is met where the tag `c<i>` of the principal is `yes`. */
  readonly conditions: number;
}

const MAX_CONDITIONS = 3;

const NAMES = [
  'GetItem',
  'BatchGetItem',
  'Query',
  'Scan',
  'PutItem',
  'UpdateTable',
  'CreateGlobalTable',
  'UpdateGlobalTableSettings',
  'DescribeTimeToLive',
  'PartiQLSelect',
];

/** A text with some of its characters replaced by wildcards, or in another case. */
function distorted(text: string): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.nat(text.length - 1),
    length: fc.nat(4),
    kind: fc.constantFrom('*', '?', 'case', 'none'),
  });
  return fc.array(edit, { maxLength: 2 }).map((edits) => {
    const characters = [...text];
    for (const { at, length, kind } of edits) {
      for (let index = at; index <= Math.min(at + length, text.length - 1); index++) {
        const character = text.charAt(index);
        // Colons stay: `:` within a wildcard is the business of a divergence that is listed.
        if (character === ':' || kind === 'none') continue;
        characters[index] = kind === 'case' ? swapCase(character) : kind;
      }
    }
    return characters.join('').replaceAll(/\*+/g, '*');
  });
}

function swapCase(character: string): string {
  const upper = character.toUpperCase();
  return upper === character ? character.toLowerCase() : upper;
}

const action: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(...NAMES)
      .chain(distorted)
      .map((name) => `dynamodb:${name}`),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('dynamodb:*', 'DynamoDB:*Item', 'DYNAMODB:get*', 'dynamodb:*Q*L*'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '*',
      's3:*',
      'dynamodbstreams:*',
      'dynamodb:?*able',
      'dynamodb:Nope',
    ),
  },
);

const partition = fc.constantFrom('aws', 'aws', 'aws', 'aws', '*', 'aws*', 'aws-cn');
const region = fc.constantFrom(
  'us-east-1',
  'us-east-1',
  'us-east-1',
  '*',
  'us-*',
  'us-east-?',
  'eu-west-1',
  '',
);
const account = fc.constantFrom(
  ACCOUNT,
  ACCOUNT,
  ACCOUNT,
  '*',
  '1234*',
  '*012',
  '123456789013',
  '',
);
const name = fc.oneof(
  fc.constantFrom(
    'features',
    'features',
    '*',
    'f*s',
    '*a*t*',
    'feature?',
    'Features',
    'features*',
    'other',
  ),
  distorted('features'),
);
const tail = fc.oneof(
  { weight: 5, arbitrary: name.map((text) => `table/${text}`) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(name, fc.constantFrom('*', 'by_user', 'by_?ser', 'BY_USER', 'b*r'))
      .map(([table, index]) => `table/${table}/index/${index}`),
  },
  { weight: 2, arbitrary: name.map((text) => `global-table/${text}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('*', 'table/*'),
  },
);

const resource: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: fc.constant('*') },
  {
    weight: 8,
    arbitrary: fc
      .tuple(
        partition,
        fc.constantFrom('dynamodb', 'dynamodb', 'dynamodb', 's3'),
        region,
        account,
        tail,
      )
      .map((parts) => `arn:${parts.join(':')}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      TABLE,
      `${TABLE}/index/*`,
      `arn:aws:dynamodb::${ACCOUNT}:global-table/features`,
    ),
  },
);

/**
 * A `*` at the end of an ARN runs over all that is left. For `NotResource` that is a divergence
 * that is listed.
 */
const shortResource: fc.Arbitrary<string> = fc.constantFrom(
  'arn:aws:dynamodb:*',
  'arn:aws:dynamodb:us-east-1:*',
  'arn:aws:dynamodb:us-*',
  'arn:aws:dynamodb::*',
);

function oneOrMany(item: fc.Arbitrary<string>): fc.Arbitrary<string | readonly string[]> {
  return fc.oneof(item, fc.array(item, { minLength: 1, maxLength: 5 }));
}

const statement = fc.record({
  effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
  actionElement: fc.constantFrom('Action', 'Action', 'Action', 'NotAction'),
  actions: oneOrMany(action),
  resources: fc.oneof(
    {
      weight: 4,
      arbitrary: oneOrMany(
        fc.oneof({ weight: 9, arbitrary: resource }, { weight: 1, arbitrary: shortResource }),
      ).map((Resource) => ({ Resource })),
    },
    { weight: 1, arbitrary: oneOrMany(resource).map((NotResource) => ({ NotResource })) },
  ),
  condition: fc.constantFrom('none', 'none', 'none', 'empty', 'tag'),
});

/**
 * Random policies of a role: wildcards, NotAction, NotResource, denials, conditions, cases of
 * letters.
 */
export const policyArbitrary: fc.Arbitrary<RandomPolicy> = fc
  .array(
    fc.record({
      version: fc.constantFrom('2012-10-17', '2012-10-17', '2008-10-17', undefined),
      statements: fc.array(statement, { minLength: 1, maxLength: 4 }),
      single: fc.boolean(),
    }),
    { minLength: 1, maxLength: 2 },
  )
  .map((drafts) => {
    let conditions = 0;
    const documents = drafts.map(({ version, statements, single }) => {
      const made = statements.map(({ effect, actionElement, actions, resources, condition }) => ({
        Effect: effect,
        [actionElement]: actions,
        ...resources,
        ...(condition === 'empty' && { Condition: {} }),
        ...(condition === 'tag' &&
          conditions < MAX_CONDITIONS && {
            Condition: { StringEquals: { [`aws:PrincipalTag/c${conditions++}`]: 'yes' } },
          }),
      }));
      const [only] = made;
      return {
        ...(version !== undefined && { Version: version }),
        Statement: single && made.length === 1 && only !== undefined ? only : made,
      };
    });
    return { documents, conditions };
  });
