import { describe, expect, test } from 'vitest';
import { isExcludedPermission, RegistryInvalidError } from '../../src/model/index.js';
import { decodeRegistry, type RegistryContents } from '../../src/registry/index.js';
import {
  ALLOW_ALL,
  CREDIT_SCORING,
  concat,
  delimited,
  fixtureBytes,
  permissionInit,
  registryBytes,
  varint,
} from './registry-bytes.js';

/** Either all of a registry, or the one error that says that it is none. */
function decode(bytes: Uint8Array): RegistryContents | undefined {
  try {
    return decodeRegistry(bytes);
  } catch (error) {
    if (!(error instanceof RegistryInvalidError)) throw error;
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
