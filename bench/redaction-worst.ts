/**
 * What the worst texts and the most tokens cost to redact: lines of nothing but escapes beside
 * ordinary lines of a log, and the first text after many new tokens.
 */
import type { Build, BuildModules } from './builds.js';
import type { Cost } from './engine-costs.js';
import { createRandom } from './generate-store.js';
import { median } from './measure.js';
import { makeLog, makeSecret } from './redaction.js';

type Redaction = BuildModules['./redaction'];
type Redactor = ReturnType<Redaction['createRedactor']>;

const ROUNDS = 7;
const LINE = 1_000_000;

/** Lines that are one escape after the other; the secrets of some begin with what they spell. */
const ESCAPES: Readonly<Record<string, string>> = {
  'percent escapes': '%61%62',
  'percent escapes of percent escapes': '%2568%2575',
  'percent escapes of a beginning': '%68%75%6e%74%65%72%32',
  'percent escapes of base64': '%61%48%56%75',
  'percent escapes of a beginning in base64': percentEscapes(btoa('hunter2')),
  'percent escapes of a beginning in hex': percentEscapes('68756e74657232'),
  'base64 with escapes': 'aHV%2B',
  'JSON escapes': '\\u0062\\\\u0062',
  'JSON in JSON of a beginning': '\\\\u0068\\\\u0075\\\\u006e',
  'hex escapes': '\\x68\\x75\\x6e',
  'line breaks in JSON': '\\n',
  'quotation marks in JSON in JSON': '\\\\\\"',
  backslashes: '\\',
  'percent signs': '%',
  'plus signs': '+',
  'bytes in decimal': '104,117,110,116,101,114,50,',
  'bytes in hex': '68 75 6e 74 65 72 32 ',
};

/**
 * @param secrets how many there are, of which one is `hunter22`
 * @param tokens that come before the first text
 */
export async function REDACTION_JOB(
  secrets: number,
  tokens: number,
  build: Build,
): Promise<Cost[]> {
  const { createRedactor } = await build.load('./redaction');
  const random = createRandom(secrets);
  const values = ['hunter22', ...Array.from({ length: secrets - 1 }, () => makeSecret(random))];
  const redactor = createRedactor();
  for (const value of values) redactor.add(value);
  return [
    ...escapedLines(redactor, new TextDecoder().decode(makeLog(random, values, LINE))),
    ...firstText(createRedactor, values, tokens),
  ];
}

/** The lines in turn, round after round, and of each the median round. */
function escapedLines(redactor: Redactor, ordinary: string): Cost[] {
  const lines = Object.entries(ESCAPES).map(
    ([name, unit]) => [name, unit.repeat(Math.ceil(LINE / unit.length))] as const,
  );
  const all = [['ordinary lines', ordinary] as const, ...lines];
  const rounds = new Map<string, number[]>(all.map(([name]) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, text] of all) {
      const ms = time(() => redactor.text(text));
      rounds.get(name)?.push((1e6 * ms) / text.length);
    }
  }
  return [...rounds].map(([name, samples]) => ({
    name: `${name}: a byte`,
    value: median(samples),
    unit: 'ns',
  }));
}

/** How long the first text waits after tokens that came at once, and how much stays masked. */
function firstText(
  createRedactor: Redaction['createRedactor'],
  secrets: readonly string[],
  tokens: number,
): Cost[] {
  const redactor = createRedactor();
  const expiresAt = Date.now() + 3_600_000;
  const text = secrets.slice(0, 100).join('\n');
  let refused = 0;
  const attempt = (add: () => unknown): void => {
    try {
      add();
    } catch {
      refused++;
    }
  };
  for (let index = 0; index < tokens; index++) {
    const value = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.${makeSignature(index)}`;
    // Earlier builds have no room for tokens of their own.
    attempt(() => {
      if ('addToken' in redactor) redactor.addToken({ value, expiresAt });
      else (redactor as Redactor).add({ value, expiresAt });
    });
  }
  for (const value of secrets) attempt(() => redactor.add(value));
  const ms = time(() => redactor.text(text));
  const masked = redactor.text(text).split('***').length - 1;
  return [
    { name: `first text after ${tokens} tokens`, value: ms, unit: 'ms' },
    { name: 'secrets and tokens that were refused', value: refused, unit: '' },
    {
      name: 'secrets of 100 that are masked then',
      value: Math.min(100, masked),
      unit: '',
    },
  ];
}

function percentEscapes(text: string): string {
  return [...text].map((character) => `%${character.charCodeAt(0).toString(16)}`).join('');
}

/** 342 characters, as those of an RS256 signature, of which the first ones differ. */
function makeSignature(seed: number): string {
  const random = createRandom(seed + 1);
  const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return Array.from({ length: 342 }, () => characters[Math.floor(random() * 64)]).join('');
}

/** Milliseconds of processor time. */
function time(run: () => unknown): number {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
