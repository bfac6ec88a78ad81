import { andMore } from '../foundation/long-list.js';
import { listSome, MAX_LISTED } from '../foundation/names.js';
import { neutralize } from '../foundation/terminal/terminal-text.js';

/** Why nothing is secured, or covered, where permissions are not enforced. */
export const NOT_ENFORCED = 'auth is no_auth: nothing is enforced';

/**
 * What stands under the headline of a failure: a label, and a line for each thing to say about it.
 */
export interface MessageSection {
  readonly label: string;
  readonly lines: readonly string[];
}

/** A headline, and the sections beside their labels. Sections that say nothing are left out. */
export function tabulateFailure(headline: string, sections: readonly MessageSection[]): string {
  const said = sections.filter(({ lines }) => lines.length > 0);
  const width = Math.max(...said.map(({ label }) => label.length));
  const rows = said.flatMap(({ label, lines }) =>
    cut(lines).map((line, index) => `  ${(index === 0 ? label : '').padEnd(width)}  ${line}`),
  );
  return layOut(headline, rows);
}

/**
 * A headline, and the sections under their labels.
 *
 * @param more number of sections that are left out
 */
export function outlineFailure(
  headline: string,
  sections: readonly MessageSection[],
  more = 0,
): string {
  const rows = sections.flatMap(({ label, lines }) => [
    `  ${label}`,
    ...cut(lines).map((line) => `    ${line}`),
  ]);
  return layOut(headline, more > 0 ? [...rows, `  ${andMore(more)}`] : rows);
}

/** `"a", "b", "c", "d", "e" and 4 more`. */
export function listNames(names: readonly string[]): string {
  return listSome(names.map((name) => JSON.stringify(name)));
}

function cut(lines: readonly string[]): readonly string[] {
  const more = lines.length - MAX_LISTED;
  return more > 0 ? [...lines.slice(0, MAX_LISTED), andMore(more)] : lines;
}

// SECURITY: names come from a registry, and end up on terminals and in the logs of build servers.
function layOut(headline: string, rows: readonly string[]): string {
  const lines = rows.length === 0 ? [headline] : [headline, '', ...rows];
  return lines.map(neutralize).join('\n');
}
