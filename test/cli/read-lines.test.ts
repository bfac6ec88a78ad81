import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReadLine, readLines } from '../../src/cli/read-lines.js';

async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function collect(lines: AsyncIterable<readonly ReadLine[]>): Promise<readonly ReadLine[]> {
  const all: ReadLine[] = [];
  for await (const some of lines) all.push(...some);
  return all;
}

async function linesOf(
  chunks: readonly (string | Uint8Array)[],
  maxLength = 100,
): Promise<readonly ReadLine[]> {
  const bytes = chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
  return await collect(readLines(stream(bytes), maxLength));
}

describe('readLines', () => {
  it.each([
    [[], []],
    [['a'], ['a']],
    [['a\n'], ['a']],
    [['a\nb\n\nc'], ['a', 'b', '', 'c']],
    [
      ['a', 'b', '\n', 'c'],
      ['ab', 'c'],
    ],
    [['a\r\n'], ['a\r']],
  ])('%j has the lines %j', async (chunks, expected) => {
    expect(await linesOf(chunks)).toEqual(expected.map((text) => ({ text })));
  });

  it('puts a character together that comes in pieces', async () => {
    const bytes = Buffer.from('特徴\n');
    expect(await linesOf([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual([
      { text: '特徴' },
    ]);
  });

  it('gives the same lines however they are cut', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '特', '\n', '🎉') });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat({ max: 40 })), async (whole, cuts) => {
        const bytes = Buffer.from(whole);
        const ends = [...cuts, bytes.length].sort((a, b) => a - b);
        const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
        const expected = whole.split('\n');
        if (expected.at(-1) === '') expected.pop();
        expect(await linesOf(chunks, 1000)).toEqual(expected.map((line) => ({ text: line })));
      }),
    );
  });

  it('says what is too long or not UTF-8, and goes on', async () => {
    const chunks = [
      'x'.repeat(60),
      `${'x'.repeat(41)}\n${'y'.repeat(100)}\n`,
      Uint8Array.of(0xff, 0x0a),
      'z',
    ];
    expect(await linesOf(chunks)).toEqual([
      { problem: 'the line is longer than 100 bytes' },
      { text: 'y'.repeat(100) },
      { problem: 'the line is not UTF-8' },
      { text: 'z' },
    ]);
  });

  it('does not keep a line that never ends', async () => {
    const chunk = new Uint8Array(1024 * 1024).fill(120);
    async function* endless(): AsyncGenerator<Uint8Array> {
      // 4 GB, if they were kept.
      for (let sent = 0; sent < 4096; sent++) yield chunk;
    }
    expect(await collect(readLines(endless(), 1024))).toEqual([
      { problem: 'the line is longer than 1024 bytes' },
    ]);
  });
});
