import { describe, expect, it } from 'vitest';
import { defineVocabulary } from '../../src/index.js';
import { loadGate } from '../../src/node.js';
import { ADAPTER_CALLS } from './public-options/adapter-calls.js';
import { CORE_CALLS } from './public-options/core-calls.js';
import { WITHOUT_OPTIONS } from './public-options/functions-without-options.js';
import type { OptionCalls } from './public-options/option-calls.js';
import { PLATFORM_CALLS } from './public-options/platform-calls.js';
import {
  type ExportedFunction,
  listPublicFunctions,
  signatureOf,
} from './public-options/public-functions.js';

const CALLS: OptionCalls = { ...CORE_CALLS, ...ADAPTER_CALLS, ...PLATFORM_CALLS };
const functions = await listPublicFunctions();

/** The error of a call, thrown or rejected with. */
async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}

/**
 * Whether a call names the function itself, or its name where that stands for one function alone.
 */
function isCalled({ name, value }: ExportedFunction): boolean {
  const isOnly = functions.every((other) => other.name !== name || other.value === value);
  return Object.entries(CALLS).some(([label, [, , , of]]) =>
    of === undefined ? isOnly && label.split(/\W/, 1)[0] === name : of === value,
  );
}

describe('functions of the public API', () => {
  const others = functions.filter((one) => !isCalled(one));

  it('refuse unknown options, or take none', () => {
    expect(functions.length).toBeGreaterThan(50);
    const unlisted = others.filter(({ name }) => !WITHOUT_OPTIONS.includes(name));
    expect(unlisted.map(({ name, subpath }) => `${name} of ${subpath}`)).toEqual([]);
  });

  it('have no options where they are said to take none', () => {
    const listed = others.filter(({ value }) => /^[^{]*\boptions\b/.test(signatureOf(value)));
    expect(listed.map(({ name, subpath }) => `${name} of ${subpath}`)).toEqual([]);
  });

  it('are public where they are listed', () => {
    const names = new Set(functions.map(({ name }) => name));
    expect(WITHOUT_OPTIONS.filter((name) => !names.has(name))).toEqual([]);
  });
});

describe('options of the public API', () => {
  it.each(Object.entries(CALLS))('%s refuses a misspelt option', async (_, [call, known]) => {
    const misspelt = `${known.slice(0, -1)}q`;
    const error = await errorOf(() => call({ [misspelt]: undefined } as never));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(`${misspelt}\` is unknown. Did you mean \`${known}\`?`);
  });

  it.each(Object.entries(CALLS))(
    '%s refuses a misplaced option',
    async (_, [call, , misplaced]) => {
      const error = await errorOf(() => call({ [misplaced]: undefined } as never));
      expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).toContain(`${misplaced}\` is unknown`);
    },
  );

  it('says where rules of a loaded gate belong', async () => {
    await expect(loadGate('none', { whenNoPermissions: 'deny' } as never)).rejects.toThrow(
      'option `whenNoPermissions` is unknown. It belongs in `rules`',
    );
  });

  it.each([
    [{ name: 'v', actions: { R: { imply: [] } }, types: { T: {} } }, 'action `R`'],
    [{ name: 'v', actions: { R: {} }, types: { T: { subTypeOf: 'T' } } }, 'type `T`'],
    [{ name: 'v', actions: { R: {} }, types: { T: {} }, aliases: {} }, 'a vocabulary'],
  ])('defineVocabulary refuses a misspelt field: %o', (definition, where) => {
    expect(() => defineVocabulary(definition as never)).toThrow(`${where} has an unknown field`);
  });
});
