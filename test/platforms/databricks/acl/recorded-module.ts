import { readFileSync } from 'node:fs';
import { fixturePath } from './read-fixture.js';

/** The service principals and workspaces of the recorded module. */
export const RECORDED = {
  staging: {
    applicationId: '5f0c1c3e-8d2a-4a57-9b0e-6f1d2c3b4a51',
    host: 'https://workspace-2.example.net',
    workspaceId: '2222222222222222',
  },
  prod: {
    applicationId: '5f0c1c3e-8d2a-4a57-9b0e-6f1d2c3b4a52',
    host: 'https://workspace-1.example.net',
    workspaceId: '3333333333333333',
  },
  dev: '1111111111111111',
} as const;

/** The forms in which the module is recorded. */
export const RECORDED_FORMS = ['show.json', 'terraform.tfstate.json', 'plan.json'] as const;

/** A resource in either form of a state. */
interface AnyResource {
  values?: Record<string, unknown>;
  attributes?: Record<string, unknown>;
}

/** A recording, as text. */
function recordedText(form: (typeof RECORDED_FORMS)[number]): string {
  return readFileSync(fixturePath(`recorded-module/${form}`), 'utf8');
}

/** A recording with the values of each resource changed. */
export function recorded(
  form: (typeof RECORDED_FORMS)[number],
  change: (values: Record<string, unknown>) => void = () => {},
): unknown {
  return JSON.parse(recordedText(form), (key, value: unknown) => {
    if (key === 'values' || key === 'attributes') {
      change((value ?? {}) as NonNullable<AnyResource['values']>);
    }
    return value;
  });
}
