import { inspect } from 'node:util';
import type { Redactor } from '../../../src/redaction/index.js';
import { holdsSecret } from '../../support/find-secret.js';

/** What a run said, and the secrets that it must not have said. */
export interface Transcript {
  readonly addSecret: (secret: string) => void;
  /** Something of this package: as it is printed and as JSON. */
  readonly add: (value: unknown) => void;
  /** Something of another package: as a log with the redaction shows it. */
  readonly addForeign: (value: unknown, redactor: Redactor) => void;
  readonly entries: number;
  readonly secrets: number;
  /** Texts that hold a secret, cut; none is the answer that is wanted. */
  readonly findSecrets: () => readonly string[];
}

export function createTranscript(): Transcript {
  const secrets = new Set<string>();
  const texts: string[] = [];
  const print = (value: unknown): string[] => [
    typeof value === 'string' ? value : inspect(value, { depth: 12, showHidden: true }),
    value instanceof Error ? `${value.message}\n${value.stack}` : toJson(value),
  ];
  return {
    addSecret: (secret) => void secrets.add(secret),
    add: (value) => void texts.push(...print(value)),
    addForeign: (value, redactor) =>
      void texts.push(...print(value).map((text) => redactor.text(text))),
    get entries() {
      return texts.length;
    },
    get secrets() {
      return secrets.size;
    },
    findSecrets: () =>
      texts
        .filter((text) => [...secrets].some((secret) => holdsSecret(secret, text)))
        .map((text) => text.slice(0, 200)),
  };
}

function toJson(value: unknown): string {
  return JSON.stringify(value) ?? '';
}
