import { intersectSets, setContains, singleCodePoint, unionSets } from './code-point-set.js';
import type { CodePointSet, PatternNode } from './pattern-tree.js';

/** A run of characters out of one set. */
interface Run {
  readonly set: CodePointSet;
  readonly min: number;
  readonly max: number;
}

/** What is read in one step: a text, or, where that is empty, a run. */
interface Step extends Run {
  readonly text: string;
  /** The part of the set below U+0080, a bit for each: most names have no others. */
  readonly ascii: Uint32Array;
}

/** Longer patterns are left to the engines. */
const MAX_RUNS = 256;
/** They are tried in turn, so that there is a bound on how often a name is read. */
const MAX_OPTIONS = 64;
const NO_ASCII: Uint32Array = new Uint32Array(4);

/**
 * Compiles a pattern that is a row of character runs in which every character has one way to go, or
 * a choice of such rows: `credit_model_v\d+`, `[a-z]+_raw|user_[0-9]`. It is read from start to end
 * without choices, several times faster than by an engine and without its tables.
 *
 * @returns undefined if the pattern has another form, or where a character could belong to a run or
 *   to what follows it
 */
export function compileOneWayTest(tree: PatternNode): ((name: string) => boolean) | undefined {
  if (tree.type !== 'choice') return compileRow(tree);
  if (tree.options.length > MAX_OPTIONS) return undefined;
  const tests: ((name: string) => boolean)[] = [];
  for (const option of tree.options) {
    const test = compileRow(option);
    if (test === undefined) return undefined;
    tests.push(test);
  }
  return (name) => tests.some((test) => test(name));
}

function compileRow(tree: PatternNode): ((name: string) => boolean) | undefined {
  const items = tree.type === 'sequence' ? tree.items : [tree];
  if (items.length > MAX_RUNS) return undefined;
  const runs: Run[] = [];
  for (const item of items) {
    const run = runOf(item);
    if (run === undefined) return undefined;
    runs.push(run);
  }
  if (!hasOneWay(runs)) return undefined;
  // Most patterns of a large registry are never asked anything.
  let steps: readonly Step[] | undefined;
  return (name) => {
    steps ??= stepsOf(runs);
    return readsAll(steps, name);
  };
}

function runOf(item: PatternNode): Run | undefined {
  const { body, min, max } = item.type === 'repeat' ? item : { body: item, min: 1, max: 1 };
  return body.type === 'set' ? { set: body.set, min, max } : undefined;
}

/** Whether no run can be left at a character with which it could go on. */
function hasOneWay(runs: readonly Run[]): boolean {
  /** What can follow a run: the characters that the runs after it can start with. */
  let following: CodePointSet = [];
  for (const { set, min, max } of runs.toReversed()) {
    if (min < max && intersectSets(set, following).length > 0) return false;
    following = min === 0 ? unionSets(set, following) : set;
  }
  return true;
}

function stepsOf(runs: readonly Run[]): readonly Step[] {
  const steps: Step[] = [];
  let text = '';
  for (const run of runs) {
    const character = characterOf(run);
    if (character !== undefined) {
      text += character;
      continue;
    }
    if (text !== '') steps.push(textStep(text));
    text = '';
    steps.push({ ...run, text, ascii: asciiOf(run.set) });
  }
  if (text !== '') steps.push(textStep(text));
  return steps;
}

/**
 * The one character that a run is; half of a surrogate pair does not count, since a search would
 * find it within a pair.
 */
function characterOf({ set, min, max }: Run): string | undefined {
  const codePoint = min === 1 && max === 1 ? singleCodePoint(set) : undefined;
  if (codePoint === undefined || (codePoint >= 0xd800 && codePoint <= 0xdfff)) return undefined;
  return String.fromCodePoint(codePoint);
}

function textStep(text: string): Step {
  return { text, set: [], ascii: NO_ASCII, min: 1, max: 1 };
}

function asciiOf(set: CodePointSet): Uint32Array {
  const ascii = new Uint32Array(4);
  for (let code = 0; code < 0x80; code++) {
    if (setContains(set, code))
      ascii[code >>> 5] = (ascii[code >>> 5] as number) | (1 << (code & 31));
  }
  return ascii;
}

function readsAll(steps: readonly Step[], name: string): boolean {
  let at = 0;
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index] as Step;
    if (step.text !== '') {
      if (!name.startsWith(step.text, at)) return false;
      at += step.text.length;
      continue;
    }
    const end = endOfRun(step, name, at);
    if (end === undefined) return false;
    at = end;
  }
  return at === name.length;
}

/** Where the run that starts at `at` ends; undefined where it is too short. */
function endOfRun({ set, ascii, min, max }: Step, name: string, at: number): number | undefined {
  let end = at;
  let count = 0;
  while (count < max && end < name.length) {
    const unit = name.charCodeAt(end);
    if (unit < 0x80) {
      if (((ascii[unit >>> 5] as number) & (1 << (unit & 31))) === 0) break;
      end++;
    } else {
      const codePoint = name.codePointAt(end) as number;
      if (!setContains(set, codePoint)) break;
      end += codePoint > 0xffff ? 2 : 1;
    }
    count++;
  }
  return count < min ? undefined : end;
}
