import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { KNOWN_FIELDS } from '../../../src/registry/wire/unknown-fields.js';

type Messages = Readonly<Record<string, Readonly<Record<string, string>>>>;

const FACTS = Object.values(
  JSON.parse(
    readFileSync(new URL('../../conformance/feast_facts.json', import.meta.url), 'utf8'),
  ) as Readonly<Record<string, Messages>>,
);

/** Numbers of a message's fields, in any Feast that was read. */
function numbersOf(message: string): readonly number[] {
  const fields = FACTS.flatMap((messages) =>
    Object.values(messages[`feast.core.${message}`] ?? {}),
  );
  return [...new Set(fields.map((field) => Number.parseInt(field, 10)))].sort((a, b) => a - b);
}

test.each([...KNOWN_FIELDS.values()])(
  'the fields of $message are those of Feast',
  ({ message, own, spec }) => {
    expect([...own]).toEqual(numbersOf(message));
    const name = message === 'Entity' ? 'EntitySpecV2' : `${message}Spec`;
    expect([...(spec ?? [])]).toEqual(spec === undefined ? [] : numbersOf(name));
  },
);
