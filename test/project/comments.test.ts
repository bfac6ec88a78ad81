import { expect, it } from 'vitest';
import { listProjectFiles, readProjectFile } from './project-files.js';

const MAX_COLUMNS = 100;
/** Of the documentation comments of `src`, the part that may have an inverted negation. */
const MAX_INVERTED = 0.02;
const INVERTED =
  /\b(?:is|are|was|were)\s+(?:no|none|nobody|nothing)\b|\bnobody\b|\bno one\b|\bwhoever\b|\bthere\s+(?:is|are|was|were)\s+(?:no|none)\b/i;
/** The call of a test or a suite, or of a table of them, up to the end of its name. */
const TEST_NAME =
  /(?:^ *(?:test|it|describe)(?:\.\w+)*\(|\)\()\s*(?:'[^'\n]*'|"[^"\n]*"|`[^`]*`)/gm;
/** Comments that tools read stand on one line. */
const DIRECTIVE = /^\s*\/\/ (?:biome-ignore|oxlint-disable|@ts-)/;

const sources = listProjectFiles().filter(
  (file) =>
    /^(?:src|test|bench|examples|scripts)\/.*\.(?:ts|mjs)$/.test(file) &&
    !/\/(?:gen|fixtures)\//.test(file),
);

it('comment lines end by column 100', () => {
  const wide = sources.flatMap((file) =>
    readProjectFile(file)
      .split('\n')
      .flatMap((line, index) =>
        [...line].length > MAX_COLUMNS && /^\s*(?:\/\/|\/\*|\*)/.test(line) && !DIRECTIVE.test(line)
          ? [`${file}:${index + 1}`]
          : [],
      ),
  );
  expect(wide).toEqual([]);
});

it('at most 2 % of the documentation comments have an inverted negation', () => {
  const comments = sources
    .filter((file) => file.startsWith('src/'))
    .flatMap((file) => readProjectFile(file).match(/\/\*\*[\s\S]*?\*\//g) ?? [])
    .map((comment) => comment.replace(/\n\s*\* ?/g, ' '));
  const inverted = comments.filter((comment) => INVERTED.test(comment));
  expect(comments.length).toBeGreaterThan(3000);
  expect(inverted.length / comments.length).toBeLessThanOrEqual(MAX_INVERTED);
});

it('names of tests have no inverted negation', () => {
  const named = sources
    .filter((file) => /\.(?:test|e2e|soak|leaks)\.ts$/.test(file))
    .flatMap((file) => Array.from(readProjectFile(file).matchAll(TEST_NAME), ([name]) => name));
  expect(named.length).toBeGreaterThan(2000);
  expect(named.filter((name) => INVERTED.test(name))).toEqual([]);
});
