import { checkOptions } from '../foundation/options.js';
import type { RegistryKind } from './registry-kind.js';

/**
 * Checks the option `registryKinds`.
 *
 * @throws TypeError if it is not an array of kinds
 */
export function assertRegistryKinds(kinds: unknown): void {
  if (kinds === undefined) return;
  if (!Array.isArray(kinds)) throw wrong('registryKinds', 'an array of kinds of registry');
  for (const [index, kind] of kinds.entries()) assertKind(kind, `registryKinds[${index}]`);
}

function assertKind(kind: unknown, at: string): void {
  if (typeof kind !== 'object' || kind === null) throw wrong(at, 'a kind of registry');
  checkOptions<Readonly<Record<keyof RegistryKind, unknown>>>(kind, {
    type: true,
    schemes: true,
    storeTypes: true,
    open: true,
  });
  const { type, schemes, storeTypes, open } = kind as Partial<RegistryKind>;
  if (typeof type !== 'string' || type === '') throw wrong(`${at}.type`, 'a non-empty string');
  if (typeof open !== 'function') throw wrong(`${at}.open`, 'a function');
  assertNames(
    schemes,
    `${at}.schemes`,
    /^(?:[a-z][a-z0-9+.-]*)?$/,
    'schemes in lower case without `:`',
  );
  assertNames(storeTypes, `${at}.storeTypes`, /./, 'non-empty strings');
  const names = [...(schemes ?? []), ...(storeTypes ?? [])];
  if (type !== 'file' && names.length > 0) {
    throw new TypeError(
      `option ${at}: only kinds of the type \`file\` have \`schemes\` and \`storeTypes\``,
    );
  }
  if (type === 'file' && names.length === 0) {
    throw wrong(at, 'a kind with `schemes` or `storeTypes`: every `file` registry has one of them');
  }
}

function assertNames(names: unknown, at: string, form: RegExp, what: string): void {
  if (names === undefined) return;
  const isRight =
    Array.isArray(names) && names.every((name) => typeof name === 'string' && form.test(name));
  if (!isRight) throw wrong(at, `an array of ${what}`);
}

function wrong(at: string, what: string): TypeError {
  return new TypeError(`option ${at} must be ${what}`);
}
