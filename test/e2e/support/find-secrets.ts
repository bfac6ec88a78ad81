/**
 * Finds many secrets in one text, by decoding the text once in every way. Shares no code with the
 * package.
 *
 * Bytes are strings here, one character for each, as the searches of a string are the fast ones.
 */

/** Zero-width characters in UTF-8, and where `inspect` breaks a string into lines. */
const NOTHING =
  /\xc2\xad|\xe2\x80[\x8b-\x8d]|\xe2\x81\xa0|\xef\xbb\xbf|' \+\r?\n\s*'|(?<=\\n)['"`] \+\r?\n *['"`]/g;
/** What `inspect` colours with. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the one that colours begin with.
const COLOURS = /\x1b\[[\d;]*m/g;
/** A text in a text in a text. */
const LEVELS = 3;

/**
 * Finds which secrets a text holds: as they are, percent-encoded, escaped as in JSON or JavaScript
 * (each up to three times, and mixed), with zero-width characters in them, coloured, with other
 * line breaks and indented, and below that as hex, base64, base64url or as lists of bytes, as
 * `inspect` and `JSON.stringify` write them.
 *
 * @returns those of `secrets` that were found
 */
export function findSecrets(secrets: Iterable<string>, text: Uint8Array): readonly string[] {
  const readings = views(Buffer.from(text).toString('latin1')).flatMap((view) => [
    view,
    ...decodeBytes(view),
  ]);
  return [...secrets].filter((secret) => {
    const needle = toBytes(secret).replace(NOTHING, '');
    return readings.some((reading) => reading.includes(needle));
  });
}

/** The ways to take one level off, each with what a text must have for it to change anything. */
const READERS: readonly (readonly [string, (view: string) => string])[] = [
  ['%', unescapePercent],
  ['+', (view) => unescapePercent(view.replaceAll('+', ' '))],
  ['\\', unescapeCharacters],
  ['\\x', unescapeBytes],
  ['\n', (view) => view.replace(/\r?\n[ \t]*/g, '\n')],
  ['\r\n', (view) => view.replaceAll('\r\n', '\n')],
];

function views(text: string): readonly string[] {
  const found = new Set([dropNothing(text)]);
  for (let level = 0; level < LEVELS; level++) {
    for (const view of Array.from(found)) {
      for (const [part, read] of READERS) {
        if (view.includes(part)) found.add(dropNothing(read(view)));
      }
    }
  }
  return [...found];
}

function dropNothing(view: string): string {
  return view.replace(COLOURS, '').replace(NOTHING, '');
}

function unescapePercent(view: string): string {
  return view.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => fromHex(hex));
}

const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function unescapeCharacters(view: string): string {
  return view.replace(
    /((?:\\u[0-9a-f]{4})+)|\\x([0-9a-f]{2})|\\([^ux])/gi,
    (_, units: string | undefined, byte: string | undefined, letter: string) => {
      if (units !== undefined) return toBytes(utf16(units));
      return byte === undefined ? (CONTROLS[letter] ?? letter) : toBytes(fromHex(byte));
    },
  );
}

/** As C and Python read them: each is a byte of UTF-8. */
function unescapeBytes(view: string): string {
  return view.replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) => fromHex(hex));
}

/** `\u0041\u0042`: two halves of a character are one. */
function utf16(units: string): string {
  const codes = units.split(/\\u/i).slice(1);
  return String.fromCharCode(...codes.map((code) => Number.parseInt(code, 16)));
}

/** What stands in a text as hex, as base64 or as a list of numbers, wherever it begins. */
function decodeBytes(view: string): readonly string[] {
  const hex = view.match(/[0-9a-f]{12,}|[0-9a-f]{2}(?: [0-9a-f]{2}){5,}/gi) ?? [];
  const base64 = view.match(/[\w+/-]{8,}/g) ?? [];
  const lists = view.match(/\d{1,3}(?:,\s*(?:["']\d+["']\s*:\s*)?\d{1,3}){5,}/g) ?? [];
  // A line break between them: no secret is made of the ends of two.
  return [
    ...[0, 1].map((start) => hex.map((run) => fromHex(run.replaceAll(' ', '').slice(start)))),
    ...[0, 1, 2, 3].map((start) =>
      base64.map((run) => Buffer.from(run.slice(start), 'base64').toString('latin1')),
    ),
    lists.map((list) => fromNumbers(list.replace(/["']\d+["']\s*:/g, ''))),
  ].map((runs) => runs.join('\n'));
}

function fromNumbers(list: string): string {
  return Buffer.from(list.split(',').map(Number)).toString('latin1');
}

function fromHex(hex: string): string {
  return Buffer.from(hex, 'hex').toString('latin1');
}

function toBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
