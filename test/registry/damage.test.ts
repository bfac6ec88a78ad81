import { describe, expect, test } from 'vitest';
import {
  isExcludedPermission,
  RegistryInvalidError,
  RegistryProjectMissingError,
} from '../../src/model/index.js';
import { decodeRegistry, type RegistryContents } from '../../src/registry/index.js';
import {
  ALLOW_ALL,
  CREDIT_SCORING,
  concat,
  delimited,
  fixtureBytes,
  permissionInit,
  registryBytes,
  SOURCES,
  varint,
} from './registry-bytes.js';

/** Either all of a registry, or an error that says that it is none. */
function decode(bytes: Uint8Array): RegistryContents | undefined {
  try {
    return decodeRegistry(bytes);
  } catch (error) {
    const isKnown =
      error instanceof RegistryInvalidError || error instanceof RegistryProjectMissingError;
    if (!isKnown) throw error;
    expect(error.message).toMatch(/^[^\p{Cc}]{1,600}$/u);
    return undefined;
  }
}

function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function policyTypes({ permissions }: RegistryContents): string[] {
  return permissions.map((one) => (isExcludedPermission(one) ? 'excluded' : one.policy.type));
}

describe('a registry that was cut off', () => {
  test.each([CREDIT_SCORING, ALLOW_ALL])('%s: no part of it is taken for the whole', (path) => {
    const bytes = fixtureBytes(path);
    const taken: number[] = [];
    for (let length = 0; length < bytes.length; length++) {
      if (decode(bytes.subarray(0, length)) !== undefined) taken.push(length);
    }
    expect(taken).toEqual([]);
    expect(decode(bytes)).toBeDefined();
  });

  test('nor are two of them in a row', () => {
    const bytes = fixtureBytes(CREDIT_SCORING);
    expect(decode(concat(bytes, bytes))).toBeUndefined();
  });

  test('where its only view was changed, a cut just before the history loses versions and no permission', () => {
    const bytes = fixtureBytes(SOURCES);
    const whole = decodeRegistry(bytes);
    const versions = (of: RegistryContents) => of.relations?.versionsOf('sources', 'car_size', 0);
    expect(versions(whole)).toHaveLength(1);
    let taken = 0;
    for (let length = 0; length < bytes.length; length++) {
      const part = decode(bytes.subarray(0, length));
      if (part === undefined) continue;
      taken++;
      expect(part.permissions).toEqual(whole.permissions);
      expect(part.resources).toEqual(whole.resources);
      expect(versions(part)).toEqual([]);
    }
    expect(taken).toBe(1);
  });

  test('without its start it is refused, or has all of its permissions', () => {
    const bytes = fixtureBytes(CREDIT_SCORING);
    const counts = new Set<number>();
    let last = 0;
    for (let start = 1; start <= bytes.length; start++) {
      const contents = decode(bytes.subarray(start));
      if (contents === undefined) continue;
      counts.add(contents.permissions.length);
      last = start;
    }
    expect([...counts]).toEqual([18]);
    // Entities are all that stands before the version, without which nothing is a registry.
    expect(last).toBe(480);
  });
});

describe('a registry with flipped bits', () => {
  test('3,000 single bits of a real one: a clear error or as many permissions, none of them for everyone', () => {
    const bytes = fixtureBytes(CREDIT_SCORING);
    const random = randomNumbers(20_261_122);
    let refused = 0;
    for (let run = 0; run < 3_000; run++) {
      const at = Math.floor(random() * bytes.length);
      const bit = 1 << Math.floor(random() * 8);
      bytes[at]! ^= bit;
      const contents = decode(bytes);
      bytes[at]! ^= bit;
      if (contents === undefined) {
        refused++;
        continue;
      }
      expect(contents.permissions).toHaveLength(18);
      expect(policyTypes(contents)).not.toContain('AllowAll');
    }
    expect(refused).toBeGreaterThan(100);
  }, 120_000);

  test('every bit of a small one', () => {
    const bytes = registryBytes({
      projects: [{ spec: { name: 'shop' } }],
      permissions: ['roleBasedPolicy', 'groupBasedPolicy', 'namespaceBasedPolicy'].map((kind) =>
        permissionInit({
          name: kind,
          project: 'shop',
          types: [4, 10],
          namePatterns: ['abcdef'],
          requiredTags: { team: 'risk' },
          // Two bytes of text make a policy of eight bytes, which one bit turns into none.
          policy: {
            policyType: {
              case: kind as never,
              value: { roles: ['abcd'], groups: ['abcd'], namespaces: ['abcd'] },
            },
          },
        } as never),
      ),
    });
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      const contents = decode(bytes);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      if (contents === undefined) continue;
      expect(contents.permissions).toHaveLength(3);
      expect(policyTypes(contents)).not.toContain('AllowAll');
      for (const permission of contents.permissions) {
        if (isExcludedPermission(permission)) continue;
        expect(permission.types.length * permission.namePatterns.length).toBeGreaterThan(0);
      }
    }
  });

  test('1,000 runs of random bytes, and of real ones with a hole', () => {
    const random = randomNumbers(7);
    const real = fixtureBytes(CREDIT_SCORING);
    for (let run = 0; run < 1_000; run++) {
      const noise = Uint8Array.from({ length: Math.floor(random() * 300) }, () => random() * 256);
      expect(decode(noise)).toBeUndefined();
      const from = Math.floor(random() * real.length);
      const contents = decode(
        concat(real.subarray(0, from), real.subarray(from + 1 + random() * 64)),
      );
      if (contents !== undefined) expect(policyTypes(contents)).not.toContain('AllowAll');
    }
  }, 120_000);
});

describe('hostile bytes', () => {
  const deep = (depth: number, open: number[], close: number[]): Uint8Array =>
    concat(
      Array.from({ length: depth }, () => open).flat(),
      Array.from({ length: depth }, () => close).flat(),
    );

  test.each<readonly [string, Uint8Array]>([
    ['100,000 nested groups', deep(100_000, [0x0b], [0x0c])],
    ['100,000 nested groups in an object', delimited(1, deep(100_000, [0x6b], [0x6c]))],
    ['100,000 nested groups, none closed', deep(100_000, [0x0b], [])],
    ['a length of 4 GiB', concat([0x0a], varint(2 ** 32 - 1), [1, 2, 3])],
    ['a length of 4 GiB in an object', delimited(1, concat([0x0a], varint(2 ** 32 - 1)))],
    ['a length of 2^63', concat([0x0a], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])],
    ['a number without an end', new Uint8Array(1_000_000).fill(0xff)],
    ['field 0', Uint8Array.of(2, 0)],
    ['field 2^29', concat(varint(2 ** 32 + 2), [0])],
    ['an unknown list', concat(registryBytes(), delimited(20, []))],
    ['a list of an earlier field', concat(registryBytes(), delimited(1, []))],
    ['zeros', new Uint8Array(1_000_000)],
    ['text', new TextEncoder().encode('project: credit_scoring\nregistry: data/registry.db\n')],
    ['JSON', new TextEncoder().encode('{"entities": []}')],
  ])('%s', (_, bytes) => {
    expect(decode(bytes)).toBeUndefined();
  });

  test('an object nested in itself 2,000 times is passed over, as nothing of it is read', () => {
    let nested: Uint8Array = new Uint8Array();
    for (let depth = 0; depth < 2_000; depth++) nested = delimited(14, nested);
    const view = delimited(1, concat(delimited(1, [0x76]), delimited(2, [0x70]), nested));
    const before = registryBytes({ projects: [] });
    const bytes = concat(
      before,
      delimited(6, view),
      delimited(17, delimited(1, delimited(1, [0x70]))),
    );
    expect(decode(bytes)?.resources.map(({ name }) => name)).toEqual(['v', 'p']);
  });

  test('a million empty objects', () => {
    const bytes = new Uint8Array(1_000_000).map((_, at) => (at % 2 === 0 ? 0x0a : 0));
    expect(decode(bytes)).toBeUndefined();
  });
});

describe('numbers of too many bytes', () => {
  const overlong = (bytes: number): Uint8Array =>
    concat(new Uint8Array(bytes - 1).fill(0x80), [0x01]);

  test.each<readonly [string, Uint8Array]>([
    ['in a time', delimited(5, concat([0x08], overlong(11)))],
    ['in a list of types', delimited(16, delimited(1, concat([0x18], overlong(11))))],
    ['in a packed list', delimited(16, delimited(1, delimited(3, overlong(11))))],
    ['in a field that is passed over', delimited(1, delimited(1, concat([0x38], overlong(11))))],
    [
      'in an unknown field of a permission',
      delimited(16, delimited(1, concat([0x48], overlong(11)))),
    ],
    ['as a tag', concat(overlong(11), [0])],
    ['as a length', concat([0x0a], overlong(11))],
  ])('%s are damage, and no bare error', (_, bytes) => {
    expect(decode(bytes)).toBeUndefined();
    expect(decode(concat(bytes, registryBytes()))).toBeUndefined();
  });

  test('anywhere in a real registry are damage or not looked at', () => {
    const real = fixtureBytes(CREDIT_SCORING);
    const random = randomNumbers(11);
    let refused = 0;
    for (let run = 0; run < 2_000; run++) {
      const at = Math.floor(random() * real.length);
      const bytes = Uint8Array.from(real);
      bytes.set(overlong(12).subarray(0, real.length - at), at);
      // Throws on any other error.
      if (decode(bytes) === undefined) refused++;
    }
    expect(refused).toBeGreaterThan(100);
  });

  test('in what refers to what are damage as well', () => {
    const view = delimited(1, concat(delimited(1, [0x76]), delimited(2, [0x70])));
    const online = delimited(
      1,
      concat(delimited(1, [0x76]), delimited(2, [0x70]), [0x40], overlong(11)),
    );
    const project = delimited(17, delimited(1, delimited(1, [0x70])));
    const before = registryBytes({ projects: [] });
    const ask = (one: Uint8Array): unknown =>
      decode(concat(before, delimited(6, one), project))?.relations?.materializedViews('p');
    expect(ask(view)).toEqual([]);
    expect(ask(online)).toBeUndefined();
  });
});

describe('records of two bytes', () => {
  const empties = (tag: number, count: number): Uint8Array =>
    new Uint8Array(2 * count).map((_, at) => (at % 2 === 0 ? tag : 0));
  const COUNT = 2 ** 20 + 1;
  const version = concat(delimited(3, [0x31]), delimited(4, [0x76]));

  test.each<readonly [string, Uint8Array, string]>([
    ['objects', empties(0x0a, 4_000_000), 'Entity has no name'],
    ['versions of views', concat(version, delimited(18, empties(0x0a, 4_000_000))), 'has no name'],
    ['objects that are passed over', empties(0x12, 4_000_000), 'has no schema version'],
    [
      'roles',
      delimited(16, delimited(1, delimited(7, delimited(3, empties(0x0a, COUNT))))),
      'one RoleBasedPolicy has more than 1048576 elements',
    ],
    [
      'types',
      delimited(16, delimited(1, delimited(3, new Uint8Array(COUNT)))),
      'one PermissionSpec has more than 1048576 elements',
    ],
    [
      'tags',
      delimited(1, delimited(1, empties(0x42, COUNT))),
      'one EntitySpecV2 has more than 1048576 elements',
    ],
  ])('are refused at once: %s', (_, bytes, problem) => {
    // What is collected before the refusal would show here: 4,000,000 records of 36 times their
    // size are 288 MB.
    const before = process.memoryUsage().heapUsed;
    expect(() => decodeRegistry(bytes)).toThrow(problem);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100e6);
  });

  test('in a feature service are refused when it is first asked for', () => {
    const service = delimited(
      1,
      concat(delimited(1, [0x73]), delimited(2, [0x70]), empties(0x1a, COUNT)),
    );
    const bytes = concat(
      registryBytes({ projects: [] }),
      delimited(7, service),
      delimited(17, delimited(1, delimited(1, [0x70]))),
    );
    expect(() => decodeRegistry(bytes).relations?.viewsOfService('p', 's')).toThrow(
      'one FeatureServiceSpec has more than 1048576 elements',
    );
  });
});
