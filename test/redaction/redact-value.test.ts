import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { PermissionInvalidError } from '../../src/model/index.js';
import { createRedactor, type RedactorOptions } from '../../src/redaction/index.js';

const SECRET = 'hunter22-hunter22';

function redactor(options?: RedactorOptions): ReturnType<typeof createRedactor> {
  const made = createRedactor(options);
  made.add(SECRET);
  made.add('123456789012');
  return made;
}

const redact = (value: unknown): unknown => redactor().value(value);

describe('values', () => {
  test.each<[string, unknown, unknown]>([
    ['strings', `a ${SECRET}`, 'a ***'],
    ['objects', { a: { b: SECRET, c: 1 } }, { a: { b: '***', c: 1 } }],
    ['keys', { [SECRET]: 1 }, { '***': 1 }],
    ['arrays', [SECRET, [SECRET]], ['***', ['***']]],
    ['maps', new Map([[SECRET, { a: SECRET }]]), new Map([['***', { a: '***' }]])],
    ['sets', new Set([SECRET, 'b']), new Set(['***', 'b'])],
    ['numbers of many digits', { id: 123456789012, n: 1.5 }, { id: '***', n: 1.5 }],
    ['big integers', [123456789012n, 7n], ['***', 7n]],
    ['bytes', Buffer.from(`a ${SECRET}`), Buffer.from('a ***')],
    ['bytes without a secret', new Uint8Array([1, 2, 3]), new Uint8Array([1, 2, 3])],
    ['numbers of an array of them', new Float64Array([1, 2]), new Float64Array([1, 2])],
    ['dates', new Date(5), new Date(5)],
    ['boxed strings', Object(SECRET), '***'],
    ['what toJSON gives', { toJSON: () => ({ a: SECRET }) }, { a: '***' }],
    ['addresses', new URL(`https://u:${SECRET}@example.org/`), 'https://u:***@example.org/'],
    ['regular expressions', new RegExp(SECRET), '/***/'],
    ['promises', [Promise.resolve(SECRET)], ['[promise]']],
    ['functions', [function hunter() {}], ['[function hunter]']],
    ['nothing', [null, undefined, true], [null, undefined, true]],
  ])('%s', (_, value, expected) => {
    expect(redact(value)).toStrictEqual(expected);
  });

  test('symbols, as values and as keys', () => {
    const plain = Symbol('plain and long');
    const telling = Symbol(SECRET);
    expect(redact([plain, telling])).toEqual([plain, 'Symbol(***)']);
    const copy = redact({ [plain]: SECRET, [telling]: 1 });
    expect(copy).toEqual({ [plain]: '***', 'Symbol(***)': 1 });
  });

  test('other views of bytes become bytes where they hold a secret', () => {
    const bytes = new TextEncoder().encode(`${SECRET}xxxxxxx`);
    const { buffer } = bytes;
    const masked = new TextEncoder().encode('***xxxxxxx');
    expect(redact(buffer)).toEqual(masked);
    expect(redact(new DataView(buffer))).toEqual(masked);
    expect(redact(new Float64Array(buffer))).toEqual(masked);
    expect(redact(new DataView(new ArrayBuffer(2)))).toEqual(new Uint8Array(2));
  });

  test('lists of bytes get the bytes of the mask', () => {
    const bytes = [...Buffer.from(`a ${SECRET}!`)];
    const masked = [...Buffer.from('a ***!')];
    expect(redact({ data: bytes })).toEqual({ data: masked });
    expect(redact(Uint16Array.from(bytes))).toEqual(masked);
    expect(redact(Uint16Array.of(1, 2, 3, 4, 5, 6, 7, 8))).toEqual(
      Uint16Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    );
    expect(redact([...bytes, 256])).toEqual([...bytes, 256]);
    expect(redactor({ maxEntries: bytes.length }).value([...bytes, 0])).toEqual([
      ...masked,
      '[truncated]',
    ]);
  });

  test('two keys with the same mask stay two', () => {
    const a = `${SECRET}`;
    const b = Buffer.from(SECRET).toString('hex');
    expect(redact({ [a]: 1, '*** 2': 2, [b]: 3 })).toEqual({ '***': 1, '*** 2': 2, '*** 3': 3 });
    expect(
      redact(
        new Map([
          [a, 1],
          [b, 2],
        ]),
      ),
    ).toEqual(
      new Map([
        ['***', 1],
        ['*** 2', 2],
      ]),
    );
  });

  test('never change the original, and share nothing with it', () => {
    const value = {
      list: [SECRET],
      map: new Map([['k', { s: SECRET }]]),
      bytes: Buffer.from(SECRET),
    };
    const before = inspect(value, { depth: 9 });
    const copy = redact(value) as typeof value;
    expect(inspect(value, { depth: 9 })).toBe(before);
    copy.bytes.fill(0);
    copy.list.push('x');
    expect(inspect(value, { depth: 9 })).toBe(before);
  });

  test('cycles stay cycles, and what is used twice stays one', () => {
    const shared = { s: SECRET };
    const value: Record<string, unknown> = { a: shared, b: shared, map: new Map(), set: new Set() };
    value['self'] = value;
    (value['map'] as Map<unknown, unknown>).set('self', value);
    (value['set'] as Set<unknown>).add(value);
    const copy = redact(value) as Record<string, unknown>;
    expect(copy['self']).toBe(copy);
    expect(copy['a']).toBe(copy['b']);
    expect((copy['map'] as Map<unknown, unknown>).get('self')).toBe(copy);
    expect((copy['set'] as Set<unknown>).has(copy)).toBe(true);
    expect(inspect(copy)).not.toContain(SECRET);
  });

  test('a toJSON that gives the object itself does not count as a cycle', () => {
    const value = { s: SECRET, toJSON: (): unknown => value };
    expect(redact(value)).toEqual({ s: '***', toJSON: '[function toJSON]' });
  });

  test('instances and objects without a prototype become plain', () => {
    class Config {
      readonly #hidden = SECRET;
      readonly token = SECRET;
      reveal(): string {
        return this.#hidden;
      }
    }
    expect(redact(new Config())).toStrictEqual({ token: '***' });
    expect(redact(Object.assign(Object.create(null) as object, { s: SECRET }))).toStrictEqual({
      s: '***',
    });
  });
});

describe('hostile values', () => {
  test('a key named __proto__ is a key', () => {
    const copy = redact(
      JSON.parse(`{"__proto__":{"polluted":"${SECRET}"},"constructor":1}`),
    ) as object;
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(copy, '__proto__')?.value).toEqual({ polluted: '***' });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('getters, proxies and toJSON that throw', () => {
    const fail = (): never => {
      throw new Error(SECRET);
    };
    const hostile = new Proxy({}, { ownKeys: fail, get: fail, getPrototypeOf: fail });
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const value = {
      get thrown() {
        return fail();
      },
      hostile,
      revoked: revoked.proxy,
      json: { toJSON: fail },
      map: Object.create(Map.prototype) as unknown,
      elements: new Proxy([1, 2], {
        get: (list, key) => (key === '0' ? fail() : Reflect.get(list, key)),
      }),
      named: Object.defineProperty(() => {}, 'name', { get: fail }),
      fine: 1,
    };
    expect(redact(value)).toEqual({
      thrown: '[unreadable]',
      hostile: '[unreadable]',
      revoked: '[unreadable]',
      json: '[unreadable]',
      map: '[unreadable]',
      elements: ['[unreadable]', 2],
      named: '[unreadable]',
      fine: 1,
    });
  });

  test('a getter that gives something else each time is asked once', () => {
    let calls = 0;
    const value = {
      get text() {
        return ++calls > 1 ? SECRET : 'harmless';
      },
    };
    const copy = redact(value);
    expect(inspect(copy) + JSON.stringify(copy)).not.toContain(SECRET);
    expect(calls).toBe(1);
  });

  test('objects in objects without end', () => {
    let deep: unknown = SECRET;
    for (let i = 0; i < 100_000; i++) deep = { deep };
    expect(JSON.stringify(redact(deep))).toMatch(/^(?:\{"deep":){64}"\[truncated]"\}{64}$/);
    const endless = (): object =>
      new Proxy(
        {},
        {
          get: endless,
          ownKeys: () => ['a'],
          getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }),
        },
      );
    expect(() => redact(endless())).not.toThrow();
  });

  test('more members than the limit', () => {
    const limited = redactor({ maxEntries: 3, maxDepth: 2 });
    expect(limited.value([SECRET, 2, 3, 4, SECRET])).toEqual(['***', 2, 3, '[truncated]']);
    expect(limited.value({ a: 1, b: 2, c: 3, [SECRET]: 4 })).toEqual({
      a: 1,
      b: 2,
      c: 3,
      '[truncated]': '[truncated]',
    });
    expect(limited.value(new Set([1, 2, 3, 4]))).toEqual(new Set([1, 2, 3, '[truncated]']));
    expect(
      limited.value(
        new Map([
          [1, 2],
          [3, 4],
          [5, 6],
          [7, 8],
        ]),
      ),
    ).toHaveProperty('size', 4);
    expect(limited.value([[[SECRET]]])).toEqual([['[truncated]']]);
    expect((redact(new Array(4e9)) as unknown[]).length).toBe(100_001);
  });
});

describe('errors', () => {
  test('message, stack, name, fields and causes', () => {
    class LoginError extends TypeError {
      readonly code = 'E_LOGIN';
      readonly password = SECRET;
    }
    const cause = { at: new Error(`inner ${SECRET}`) };
    const copy = redactor().error(new LoginError(`login with ${SECRET} failed`, { cause }));
    expect(copy).toBeInstanceOf(Error);
    expect(copy.message).toBe('login with *** failed');
    expect(copy.name).toBe('TypeError');
    expect(copy.constructor.name).toBe('LoginError');
    expect(copy).toMatchObject({ code: 'E_LOGIN', password: '***' });
    expect(copy.stack).toContain('login with *** failed');
    expect(copy.stack).toContain('redact-value.test.ts');
    expect((copy.cause as typeof cause).at.message).toBe('inner ***');
    expect(Object.keys(copy)).toEqual(['code', 'password']);
    expect(inspect(copy, { depth: 9, showHidden: true })).not.toContain('hunter');
  });

  test('errors of an aggregate, and errors that are their own cause', () => {
    const aggregate = new AggregateError([new Error(SECRET), SECRET], SECRET);
    aggregate.cause = aggregate;
    const copy = redactor().error(aggregate) as AggregateError;
    expect(copy.cause).toBe(copy);
    expect((copy.errors[0] as Error).message).toBe('***');
    expect(copy.errors[1]).toBe('***');
  });

  test('errors of this package, with getters that only their own class can answer', () => {
    const error = new PermissionInvalidError(`bad ${SECRET}`, { field: 'name' });
    const copy = redactor().error(error);
    expect(copy).toMatchObject({
      code: 'ERR_PERMISSION_INVALID',
      field: 'name',
      message: 'bad ***',
    });
    expect((copy as unknown as { readonly errors: readonly unknown[] }).errors).toEqual([copy]);
  });

  test('errors of another realm', () => {
    const foreign: unknown = runInNewContext(`new RangeError('${SECRET}')`);
    expect(redactor().error(foreign)).toMatchObject({ name: 'RangeError', message: '***' });
  });

  test('errors that cannot be read', () => {
    const error = new Error('x');
    for (const key of ['stack', 'message', 'name', 'cause', 'field']) {
      Object.defineProperty(error, key, {
        enumerable: true,
        get() {
          throw new Error(SECRET);
        },
      });
    }
    expect(redactor().error(error)).toMatchObject({
      message: '[unreadable]',
      field: '[unreadable]',
    });
    const strange = Object.defineProperty(new Error('x'), 'message', {
      value: Object.create(null),
    });
    expect(redactor().error(strange).message).toBe('[unreadable]');
  });

  test('a thrown value that is not an error', () => {
    expect(redactor().error(SECRET).message).toBe('***');
    expect(redactor().error({ token: SECRET }).message).toBe('{"token":"***"}');
    expect(redactor().error(undefined).message).toBe('undefined');
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(redactor().error(cycle).message).toBe('[object Object]');
  });
});
