import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** The lines of `test/conformance/<file>`, which is compressed and holds one JSON value a line. */
export function readRecordedLines<T>(file: string): readonly T[] {
  const text = gunzipSync(readFileSync(conformanceFile(file))).toString('utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

/** The JSON value in `test/conformance/<file>`. */
export function readRecorded<T>(file: string): T {
  return JSON.parse(readFileSync(conformanceFile(file), 'utf8')) as T;
}

function conformanceFile(file: string): URL {
  return new URL(`../../conformance/${file}`, import.meta.url);
}
