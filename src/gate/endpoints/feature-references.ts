import { quote, RequestInvalidError } from '../../model/index.js';
import type { ViewReference } from './read-views.js';

const VERSION = /^v(\d+)$/i;
/** What Python takes for a version as well: digits of any script, and a line break behind them. */
const ODD_VERSION = /^v\p{Nd}+\n?$/iu;

/**
 * The views in references to features: `view:feature`, or `view@v2:feature` for one version.
 * `view@latest` is the view as it is, and anything else behind an `@` a part of the name.
 *
 * @throws RequestInvalidError on a reference that does not name a view and a feature
 * @source Feast 0.66.0 and 0.67.0, how references are read; differs: a version in other digits than
 *   `0` to `9` is refused
 */
export function parseReferences(references: readonly string[]): readonly ViewReference[] {
  return [...new Set(references.map(viewOf))].map(parseView);
}

/** What stands before the colon. */
function viewOf(reference: string): string {
  const colon = reference.indexOf(':');
  // SECURITY: with several, servers differ in where the name of the view ends.
  if (colon < 1 || reference.includes(':', colon + 1)) {
    throw new RequestInvalidError(`${quote(reference)} does not name a view and a feature`);
  }
  return reference.slice(0, colon);
}

function parseView(text: string): ViewReference {
  const at = text.indexOf('@');
  if (at < 0) return { view: text };
  const [view, version] = [text.slice(0, at), text.slice(at + 1)];
  if (version === '' || version.toLowerCase() === 'latest') return { view };
  const digits = VERSION.exec(version)?.[1];
  if (digits !== undefined) return { view, version: Number(digits) };
  if (ODD_VERSION.test(version)) {
    throw new RequestInvalidError(`${quote(version)} is not a version: write \`v2\``);
  }
  return { view: text };
}

const VERSION_OPTION = /^v(?:ersion)?(\d+)$/i;

/**
 * A version that stands for itself: `v2`, `version2` or `latest`.
 *
 * @returns undefined for the view as it is
 * @throws RequestInvalidError when it is neither
 * @source Feast 0.66.0 and 0.67.0, how the version of a materialization and of a definition is
 *   read; differs as above
 */
export function parseVersion(version: string | undefined): number | undefined {
  if (version === undefined || version === '' || version.toLowerCase() === 'latest') {
    return undefined;
  }
  const digits = VERSION_OPTION.exec(version)?.[1];
  if (digits !== undefined) return Number(digits);
  throw new RequestInvalidError(`${quote(version)} is not a version: write \`v2\` or \`latest\``);
}
