import { Console } from 'node:console';
import { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pino } from 'pino';
import { describe, expect, test, vi } from 'vitest';
import { createRedactor, type Redactor, type TextPiece } from '../../src/redaction/index.js';

const SECRET = 'grüße-hunter22';

function redactor(): Redactor {
  const made = createRedactor();
  made.add(SECRET);
  return made;
}

/** Writes a text in pieces of one length. */
function inPieces(made: Redactor, text: string, length: number): string {
  const pieces = made.pieces();
  let output = '';
  for (let at = 0; at < text.length; at += length) {
    output += pieces.write(text.slice(at, at + length));
  }
  return output + pieces.end();
}

/** A stream that remembers what is written to it. */
class Sink extends Writable {
  readonly chunks: Buffer[] = [];

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }
}

describe('pieces', () => {
  test('a line is given back at once, and the same object where it holds no secret', () => {
    const pieces = redactor().pieces();
    const line = Buffer.from('{"msg":"nothing"}\n');
    expect(pieces.write(line)).toBe(line);
    expect(pieces.write(`{"msg":"${SECRET}"}\n`)).toBe('{"msg":"***"}\n');
    expect(pieces.end()).toBe('');
  });

  test('what may be the beginning of a secret is kept back, and nothing else', () => {
    const pieces = redactor().pieces();
    expect(pieces.write('(grüße-h')).toBe('(');
    expect(pieces.write('unter23)')).toBe('grüße-hunter23)');
    expect(pieces.write('(gr%C3%B')).toBe('(');
    expect(pieces.write('C\u00dfe-hunter22)')).toBe('***)');
    expect(pieces.write('"\\')).toBe('"');
    expect(pieces.end()).toBe('\\');
  });

  test('after the end a new text begins', () => {
    const pieces = redactor().pieces();
    pieces.write('grüße-hun');
    expect(pieces.end()).toBe('grüße-hun');
    expect(pieces.write('ter22)')).toBe('ter22)');
  });

  test('a chain of secrets that overlap is one, wherever it is cut', () => {
    const made = createRedactor();
    made.add('baabbbaabb');
    const text = 'baabbbaabbbaabbbaabb, baabbbaabbbaabb.';
    for (let length = 1; length < text.length; length++) {
      expect(inPieces(made, text, length)).toBe('***, ***.');
    }
  });

  test.each([
    ['once', 1, ''],
    ['twice', 2, ''],
    ['three times', 3, '\\\u200d'],
    ['four times', 4, ''],
    ['seven times', 7, '\\\u200d'.repeat(3)],
    ['eight times', 8, ''],
  ])('a secret that begins with a backslash, which stands there %s', (_, count, before) => {
    const made = createRedactor();
    made.add('\\          "');
    // Zero-width characters keep the mask from taking in all backslashes before it.
    const text = `'${'\\\u200d'.repeat(count)}          \\"' and more text`;
    const masked = `'${before}***' and more text`;
    expect(made.text(text)).toBe(masked);
    for (let length = 1; length < text.length; length++) {
      expect(inPieces(made, text, length)).toBe(masked);
    }
  });

  test('strings and bytes in turn', () => {
    const pieces = redactor().pieces();
    const parts = [
      pieces.write('<grü'),
      pieces.write(Buffer.from('ße-hun')),
      pieces.write('ter22>'),
      pieces.end(),
    ];
    expect(parts.map((part) => Buffer.from(part).toString()).join('')).toBe('<***>');
  });

  test('the caller may use its bytes again', () => {
    const pieces = redactor().pieces();
    const buffer = Buffer.from('<grüße-h');
    const parts = [Buffer.from(pieces.write(buffer)).toString()];
    buffer.fill(0x78);
    parts.push(Buffer.from(pieces.write(Buffer.from('unter22>'))).toString());
    expect(parts.join('')).toBe('<***>');
  });

  test('a long text with the secret everywhere, cut anywhere', () => {
    const pieces = redactor().pieces();
    const text = `${'x'.repeat(99)} ${SECRET}\n`.repeat(10_000);
    const output: TextPiece[] = [];
    for (let at = 0; at < text.length; at += 65_537)
      output.push(pieces.write(text.slice(at, at + 65_537)));
    output.push(pieces.write(text), pieces.end());
    expect(output.join('')).toBe(`${'x'.repeat(99)} ***\n`.repeat(20_000));
  });

  test('a secret added while the text is under way is found from then on', () => {
    const made = redactor();
    const pieces = made.pieces();
    expect(pieces.write('other-secret\n')).toBe('other-secret\n');
    made.add('other-secret');
    expect(pieces.write('other-secret\n')).toBe('***\n');
  });
});

describe('web streams', () => {
  test('strings stay strings, bytes stay bytes', async () => {
    const strings = Readable.toWeb(
      Readable.from(['<grü', 'ße-hunter', '22>']),
    ) as ReadableStream<TextPiece>;
    const parts: TextPiece[] = [];
    for await (const part of strings.pipeThrough(redactor().stream())) parts.push(part);
    expect(parts.join('')).toBe('<***>');

    const bytes = [...Buffer.from(`<${SECRET}>gr`)].map((byte) => Uint8Array.of(byte));
    const source = ReadableStream.from<TextPiece>(bytes).pipeThrough(redactor().stream());
    const output: Uint8Array[] = [];
    for await (const part of source) output.push(part as Uint8Array);
    expect(Buffer.concat(output).toString()).toBe('<***>gr');
  });
});

describe('wrap', () => {
  test('masks what any writer writes, in every way of writing', async () => {
    const sink = new Sink();
    expect(redactor().wrap(sink)).toBe(sink);
    const done = vi.fn<() => void>();
    sink.write(`1 ${SECRET}\n`);
    sink.write(`2 ${SECRET}\n`, done);
    sink.write(`3 ${SECRET}\n`, 'utf8', done);
    sink.write(Buffer.from(`4 ${SECRET}\n`), done);
    sink.write(Buffer.from(`5 ${SECRET}\n`).toString('hex'), 'hex', done);
    sink.write(Buffer.from(`6 ${SECRET}\n`).toString('base64'), 'base64');
    sink.write(`7 ${SECRET}\n`, 'latin1');
    await new Promise<void>((resolve) => {
      sink.end(`8 ${SECRET}`, 'utf8', resolve);
    });
    expect(sink.text).toBe('1 ***\n2 ***\n3 ***\n4 ***\n5 ***\n6 ***\n7 ***\n8 ***');
    expect(done).toHaveBeenCalledTimes(4);
  });

  test('keeps back-pressure and order', () => {
    const sink = new Sink({ highWaterMark: 10 });
    redactor().wrap(sink);
    sink.cork();
    expect(sink.write('12345')).toBe(true);
    expect(sink.write('1234567890')).toBe(false);
    sink.uncork();
    sink.end();
    expect(sink.text).toBe('123451234567890');
  });

  test('calls back for a write that is kept back', async () => {
    const sink = new Sink();
    redactor().wrap(sink);
    await new Promise<void>((resolve) => {
      sink.write('grü', () => resolve());
    });
    expect(sink.text).toBe('');
    sink.end();
    expect(sink.text).toBe('grü');
  });

  test('keeps the encoding of strings, of what is kept back too', () => {
    const sink = new Sink();
    redactor().wrap(sink);
    sink.write(`a ${SECRET} ü gr`, 'utf16le');
    sink.end();
    expect(Buffer.concat(sink.chunks).toString('utf16le')).toBe('a *** ü gr');
  });

  test('works at the end of a pipeline', async () => {
    const sink = new Sink();
    const bytes = [...Buffer.from(`a ${SECRET} b`)].map((byte) => Buffer.of(byte));
    await pipeline(Readable.from(bytes), redactor().wrap(sink));
    expect(sink.text).toBe('a *** b');
  });

  test('copies the objects of an object stream', async () => {
    const seen: unknown[] = [];
    const stream = new Transform({
      objectMode: true,
      transform(chunk: unknown, _, done) {
        seen.push(chunk);
        done();
      },
    });
    redactor().wrap(stream);
    stream.write({ token: SECRET });
    stream.end();
    expect(seen).toEqual([{ token: '***' }]);
  });

  test('twice is once, and unwrap ends it', () => {
    const sink = new Sink();
    const made = redactor();
    const own = sink.write;
    made.wrap(made.wrap(sink));
    sink.write('a grü');
    made.unwrap(sink);
    made.unwrap(sink);
    expect(sink.write).toBe(own);
    sink.write(`ße ${SECRET}`);
    expect(sink.text).toBe(`a grüße ${SECRET}`);
  });

  test('unwrap leaves alone what somebody else has put over it', () => {
    const sink = {
      lines: [] as unknown[],
      write: (line: string): void => void sink.lines.push(line),
    };
    const made = redactor();
    made.wrap(sink);
    const inner = sink.write;
    sink.write = (line) => inner(`[${line}]`);
    made.unwrap(sink);
    sink.write(SECRET);
    expect(sink.lines).toEqual([`[${SECRET}]`]);
  });

  test('takes what has no end', () => {
    const lines: string[] = [];
    const sink = { write: (line: string): number => lines.push(line) };
    const made = redactor();
    made.wrap(sink);
    expect(sink.write(`${SECRET}\n`)).toBe(1);
    expect(lines).toEqual(['***\n']);
    expect('end' in sink).toBe(false);
  });
});

describe('pino', () => {
  test('lines, fields, errors and child loggers', () => {
    const lines: string[] = [];
    const destination = redactor().wrap({ write: (line: string): number => lines.push(line) });
    const logger = pino({ base: null, timestamp: false }, destination);
    logger.info({ token: SECRET, nested: { [SECRET]: 1 } }, `hello ${SECRET}`);
    logger
      .child({ session: SECRET })
      .error(new Error(`failed: ${SECRET}`, { cause: new Error(SECRET) }));
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0] as string)).toEqual({
      level: 30,
      token: '***',
      nested: { '***': 1 },
      msg: 'hello ***',
    });
    const { err, session } = JSON.parse(lines[1] as string) as {
      readonly err: { readonly message: string };
      readonly session: string;
    };
    expect(session).toBe('***');
    expect(err.message).toBe('failed: ***: ***');
    expect(lines[1]).not.toContain('hunter');
  });

  test('errors that are copied first', () => {
    const lines: string[] = [];
    const made = redactor();
    const logger = pino(
      { serializers: { err: (error) => pino.stdSerializers.err(made.error(error)) } },
      {
        write: (line) => lines.push(line),
      },
    );
    logger.error(new RangeError(SECRET));
    const { err } = JSON.parse(lines[0] as string) as { readonly err: unknown };
    expect(err).toMatchObject({ type: 'RangeError', message: '***' });
  });
});

describe('console', () => {
  test('masks each argument', () => {
    const sink = new Sink();
    const wrapped = redactor().console(new Console(sink));
    wrapped.log('user %s', SECRET, { token: SECRET });
    wrapped.error(new Error(SECRET));
    wrapped.table([{ token: SECRET }]);
    wrapped.assert(false, SECRET);
    wrapped.group(SECRET);
    const { info } = wrapped;
    info('detached', SECRET);
    expect(sink.text).not.toContain('hunter');
    expect(sink.text).toContain("user *** { token: '***' }");
    expect(sink.text).toContain('detached ***');
    expect(redactor().console({ Console }).Console).toBe(Console);
  });

  test('masks labels, by which timers and counters are found again', () => {
    const sink = new Sink();
    const wrapped = redactor().console(new Console(sink));
    wrapped.time(SECRET);
    wrapped.timeLog(SECRET);
    wrapped.timeEnd(SECRET);
    wrapped.count(SECRET);
    wrapped.countReset(SECRET);
    wrapped.count(SECRET);
    const label = /^(.*?): /;
    const lines = sink.text.trimEnd().split('\n');
    expect(lines.map((line) => label.exec(line)?.[1])).toEqual(['***', '***', '***', '***']);
    expect(lines.slice(2)).toEqual(['***: 1', '***: 1']);
  });

  test('on a wrapped stream also what several arguments spell', () => {
    const sink = new Sink();
    new Console(redactor().wrap(sink)).log('%s%s', SECRET.slice(0, 7), SECRET.slice(7));
    expect(sink.text).toBe('***\n');
  });
});
