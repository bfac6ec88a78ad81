/**
 * Finds secrets the slow and obvious way: decodes the whole text in every way, and looks whether
 * the result holds the secret. Shares no code with the package.
 */

const ZERO_WIDTH = /\u00ad|\u200b|\u200c|\u200d|\u2060|\ufeff/g;

/** Whether a text holds a secret in plain or in one of the encodings. */
export function holdsSecret(secret: string, text: string): boolean {
  const needle = Buffer.from(secret, 'utf8');
  return views(Buffer.from(text, 'utf8')).some(
    (view) => view.includes(needle) || holdsEncoded(needle, view),
  );
}

/**
 * The text, and what is left when percent or JSON escapes are taken off up to three times, or one
 * after the other.
 */
function views(text: Buffer): readonly Buffer[] {
  const stripped = strip(text);
  const found: Buffer[] = [stripped];
  const seen = new Set([stripped.toString('latin1')]);
  // What a decoder looks for, without which it changes nothing.
  const decoders: readonly (readonly [string, (view: Buffer) => Buffer])[] = [
    ['%', unescapePercent],
    ['\\', unescapeJson],
    ['\\x', unescapeBytes],
    ['\u001b[', unprint],
    [' +', unprint],
    ['\n', unindent],
    ['\r\n', unreturn],
    ['+', (view) => unescapePercent(blanks(view))],
  ];
  for (let level = 0, from = 0; level < 3; level++) {
    const to = found.length;
    for (; from < to; from++) {
      for (const [part, decode] of decoders) {
        if (!(found[from] as Buffer).includes(part)) continue;
        const view = strip(decode(found[from] as Buffer));
        const key = view.toString('latin1');
        if (seen.has(key)) continue;
        seen.add(key);
        found.push(view);
      }
    }
  }
  return found;
}

function strip(view: Buffer): Buffer {
  const text = view.toString('utf8');
  // Bytes that are no UTF-8 stay as they are.
  if (!Buffer.from(text, 'utf8').equals(view)) return view;
  return Buffer.from(text.replace(ZERO_WIDTH, ''), 'utf8');
}

function blanks(view: Buffer): Buffer {
  return Buffer.from(view.toString('latin1').replaceAll('+', ' '), 'latin1');
}

function unescapePercent(view: Buffer): Buffer {
  const text = view
    .toString('latin1')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(text, 'latin1');
}

/** Takes off what Node puts between the lines of a string, and colours. */
function unprint(view: Buffer): Buffer {
  const text = view
    .toString('latin1')
    .replaceAll(COLOURS, '')
    .replaceAll(/(\\n)['"`] \+\r?\n *['"`]/g, '$1');
  return Buffer.from(text, 'latin1');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the one that colours begin with.
const COLOURS = /\u001b\[[\d;]*m/g;

function unindent(view: Buffer): Buffer {
  const text = view.toString('latin1').replaceAll(/\r?\n[ \t]*/g, '\n');
  return Buffer.from(text, 'latin1');
}

function unreturn(view: Buffer): Buffer {
  return Buffer.from(view.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}

function unescapeBytes(view: Buffer): Buffer {
  const text = view
    .toString('latin1')
    .replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return Buffer.from(text, 'latin1');
}

const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function unescapeJson(view: Buffer): Buffer {
  const text = view
    .toString('utf8')
    .replace(
      /\\(?:(?:u([0-9a-f]{4})|x([0-9a-f]{2}))|([^u]))/gi,
      (_, unit: string | undefined, hex: string | undefined, letter: string) => {
        const code = unit ?? hex;
        if (code === undefined) return CONTROLS[letter] ?? letter;
        return String.fromCharCode(Number.parseInt(code, 16));
      },
    );
  return Buffer.from(text, 'utf8');
}

function holdsEncoded(needle: Buffer, view: Buffer): boolean {
  const text = view.toString('latin1');
  for (const [run] of text.matchAll(/[0-9a-f]{16,}/gi)) {
    for (const start of [0, 1]) {
      if (Buffer.from(run.slice(start), 'hex').includes(needle)) return true;
    }
  }
  for (const [run] of text.matchAll(/[\w+/-]{10,}/g)) {
    for (let start = 0; start < 4; start++) {
      if (Buffer.from(run.slice(start), 'base64').includes(needle)) return true;
    }
  }
  return holdsNumbers(needle, text.replaceAll(COLOURS, ''));
}

const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const DECIMAL = new RegExp(
  `(?<!\\d)${BYTE}(?:,\\s*(?:["']\\d+["']\\s*:\\s*)?${BYTE}(?!\\d))+`,
  'g',
);

/** Bytes that are printed as numbers. */
function holdsNumbers(needle: Buffer, text: string): boolean {
  for (const [list] of text.includes(',') ? text.matchAll(DECIMAL) : []) {
    const numbers = list
      .replaceAll(/["']\d+["']\s*:/g, '')
      .split(',')
      .map(Number);
    if (Buffer.from(numbers).includes(needle)) return true;
  }
  for (const [list] of text.matchAll(/(?<![0-9a-z])[0-9a-f]{2}(?: [0-9a-f]{2})+/gi)) {
    if (Buffer.from(list.replaceAll(' ', ''), 'hex').includes(needle)) return true;
  }
  return false;
}
