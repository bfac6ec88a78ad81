import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { createAuthorizer } from '../../src/engine/index.js';
import { checkSchema } from '../../src/model/check-schema.js';
import type { PolicyKind } from '../../src/model/index.js';
import { definePermission } from '../../src/policy/index.js';

interface OnCall {
  readonly type: 'OnCall';
  readonly team: string;
}

const onCall: PolicyKind<OnCall> = {
  type: 'OnCall',
  schema: z.strictObject({ type: z.literal('OnCall'), team: z.string() }),
  compile: ({ team }) => ({ kind: 'any-of', groups: [team] }),
  explain: ({ team }) => `being on call for ${team}`,
};
const VIEW = { type: 'FeatureView', name: 'v' } as const;
const policyKinds = [onCall];
const define = (policy: unknown): ReturnType<typeof definePermission> =>
  definePermission({ name: 'p', actions: 'READ', policy: policy as OnCall }, { policyKinds });

/** As it is when nothing has been parsed yet. */
const configAtStart = { ...z.config() };

afterEach(() => {
  z.config({ localeError: undefined, customError: undefined });
});

describe('checkSchema', () => {
  it('leaves the configuration of zod as it is', () => {
    const authorizer = createAuthorizer({
      policyKinds,
      permissions: [define({ type: 'OnCall', team: 'risk' })],
    });
    expect(() => define({ type: 'OnCall' })).toThrow();
    expect(authorizer.can({ username: 'ann', groups: ['risk'] }, 'READ_ONLINE', VIEW)).toBe(true);
    // The library and this file load no schema but those of `zod/mini`, which sets nothing.
    expect(configAtStart).toEqual({});
    expect(z.config()).toEqual({});
  });

  it('speaks English, whatever language and messages the process has chosen for zod', () => {
    z.config(z.locales.de());
    const problem =
      'permission `p`: policy.team: invalid input: expected string, received undefined';
    expect(() => define({ type: 'OnCall' })).toThrow(problem);
    z.config({ customError: () => 'something else' });
    expect(() => define({ type: 'OnCall' })).toThrow(problem);
    expect(() => definePermission({ name: 1 as never, actions: 'READ' })).toThrow(
      'permission: name: invalid input: expected string, received number',
    );
  });

  it('keeps the messages of a schema', () => {
    const schema = z.array(z.string('must be the name of a team'), 'must be a list');
    expect(checkSchema(schema, ['risk', 1]).error?.issues).toMatchObject([
      { path: [1], message: 'must be the name of a team' },
    ]);
    expect(checkSchema(schema, 'risk').error?.issues[0]?.message).toBe('must be a list');
    expect(checkSchema(schema, ['risk'])).toEqual({ success: true, data: ['risk'] });
  });
});
