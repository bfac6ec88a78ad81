/**
 * Finds secrets the slow and obvious way: decodes the whole text in every way, and looks whether the result holds the secret. Shares no code with
 * the package.
 */

const ZERO_WIDTH = /\u00ad|\u200b|\u200c|\u200d|\u2060|\ufeff/g;

/** Whether a text holds a secret in plain or in one of the encodings. */
export function holdsSecret(secret: string, text: string): boolean {
  const needle = Buffer.from(secret, 'utf8');
  return views(Buffer.from(text, 'utf8')).some(
    (view) => view.includes(needle) || holdsEncoded(needle, view),
  );
}

/** The text, and what is left when percent or JSON escapes are taken off up to three times, or one after the other. */
function views(text: Buffer): readonly Buffer[] {
  const stripped = strip(text);
  const found: Buffer[] = [stripped];
  const seen = new Set([stripped.toString('latin1')]);
  const decoders = [unescapePercent, unescapeJson, (view: Buffer) => unescapePercent(blanks(view))];
  for (let level = 0, from = 0; level < 3; level++) {
    const to = found.length;
    for (; from < to; from++) {
      for (const decode of decoders) {
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

const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function unescapeJson(view: Buffer): Buffer {
  const text = view
    .toString('utf8')
    .replace(/\\(?:u([0-9a-f]{4})|([^u]))/gi, (_, hex: string | undefined, letter: string) =>
      hex === undefined
        ? (CONTROLS[letter] ?? letter)
        : String.fromCharCode(Number.parseInt(hex, 16)),
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
  return false;
}
