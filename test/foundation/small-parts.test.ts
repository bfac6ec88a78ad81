import { describe, expect, it, vi } from 'vitest';
import { ByteCollector, collectBytes } from '../../src/foundation/collect-bytes.js';
import { errorCode } from '../../src/foundation/error-code.js';
import { getOrAdd } from '../../src/foundation/get-or-add.js';
import { listOf } from '../../src/foundation/list-of.js';
import { whenKnown } from '../../src/foundation/maybe-promise.js';
import { count, foldNames, listSome } from '../../src/foundation/names.js';
import { notify } from '../../src/foundation/notify.js';
import { once } from '../../src/foundation/once.js';
import { decodeUtf8 } from '../../src/foundation/utf8.js';

async function* chunksOf(...texts: readonly string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
}

describe('collectBytes', () => {
  it('joins chunks up to the bound', async () => {
    const bytes = await collectBytes(chunksOf('ab', '', 'cde'), 5);
    expect(new TextDecoder().decode(bytes)).toBe('abcde');
    expect(await collectBytes(chunksOf(), 5)).toEqual(new Uint8Array());
  });

  it('stops an endless stream at the bound', async () => {
    let given = 0;
    const ended = vi.fn<() => void>();
    const endless = async function* (): AsyncIterable<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(++given > 100 ? 0 : 10);
      } finally {
        ended();
      }
    };
    expect(await collectBytes(endless(), 25)).toBeUndefined();
    expect(given).toBe(3);
    expect(ended).toHaveBeenCalledOnce();
  });

  it('keeps nothing once there is too much', () => {
    const collector = new ByteCollector(3);
    expect([2, 2, 1].map((size) => collector.add(new Uint8Array(size)))).toEqual([
      true,
      false,
      false,
    ]);
    expect(collector.toBytes()).toHaveLength(0);
  });
});

describe('decodeUtf8', () => {
  const marked = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61);

  it('keeps or removes a byte order mark', () => {
    expect(decodeUtf8(marked, 'keep')).toBe('\ufeffa');
    expect(decodeUtf8(marked, 'remove')).toBe('a');
  });

  it.each([[[0xff]], [[0xc3]], [[0xed, 0xa0, 0x80]]])('refuses %j', (bytes) => {
    expect(decodeUtf8(Uint8Array.from(bytes), 'keep')).toBeUndefined();
  });
});

describe('notify', () => {
  it('gives the event to the listener, where there is one', () => {
    const listener = vi.fn<(event: string) => void>();
    notify(listener, 'event');
    notify(undefined, 'event');
    expect(listener.mock.calls).toEqual([['event']]);
  });

  it('ignores what a listener throws, and what it rejects with later', async () => {
    const broken = vi.fn<() => never>(() => {
      throw new Error('log');
    });
    const later = vi.fn<() => Promise<never>>(() => Promise.reject(new Error('log')));
    const unhandled = vi.fn<() => void>();
    process.on('unhandledRejection', unhandled);
    notify(broken, 1);
    notify(later, 1);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect([broken, later].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe('once', () => {
  it('calls its function at the first use only, and keeps its error, too', () => {
    const make = vi.fn<() => object>(() => ({}));
    const get = once(make);
    expect(make).not.toHaveBeenCalled();
    expect(get()).toBe(get());
    const fail = vi.fn<() => never>(() => {
      throw new Error('broken');
    });
    const getFailing = once(fail);
    expect(getFailing).toThrow('broken');
    expect(getFailing).toThrow('broken');
    expect([make, fail].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  });
});

describe('whenKnown', () => {
  it('stays synchronous for a value, and waits for a promise', async () => {
    expect(whenKnown(2, (value) => value + 1)).toBe(3);
    expect(await whenKnown(Promise.resolve(2), (value) => value + 1)).toBe(3);
  });
});

describe('errorCode', () => {
  it.each([
    [Object.assign(new Error('x'), { code: 'EACCES' }), 'EACCES'],
    [new Error('secret'), 'unknown error'],
    ['secret', 'unknown error'],
  ])('of %s is %s', (error, code) => {
    expect(errorCode(error)).toBe(code);
  });
});

describe('names in messages', () => {
  it('lists the first five, and counts the others', () => {
    expect(listSome(['a', 'b'])).toBe('a, b');
    expect(listSome([...'abcdefg'])).toBe('a, b, c, d, e and 2 more');
    expect([count(1, 'name'), count(2, 'name')]).toEqual(['1 name', '2 names']);
  });

  it('folds names into an alias only where all of them are there', () => {
    const aliases = new Map([['ALL', ['a', 'b']]]);
    expect(foldNames(['x', 'a', 'b'], aliases)).toEqual(['x', 'ALL']);
    expect(foldNames(['a', 'x'], aliases)).toEqual(['a', 'x']);
  });
});

it('getOrAdd makes a value for a new key only', () => {
  const map = new Map([['a', 1]]);
  expect([getOrAdd(map, 'a', () => 2), getOrAdd(map, 'b', () => 3)]).toEqual([1, 3]);
  expect(map.get('b')).toBe(3);
});

it('listOf gives an array of one object, and an array as it is', () => {
  const one = {};
  const list = [one];
  expect(listOf(one)).toEqual([one]);
  expect(listOf(list)).toBe(list);
});
