import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import {
  createDecisionLog,
  type DecisionLogOptions,
  type DecisionRecord,
  decisionRecordSchema,
  type FeastAuditRecord,
} from '../../src/decision-log/index.js';
import type { Gate } from '../../src/gate/index.js';
import { testGate, view } from '../gate/gate-fixtures.js';

type AnyRecord = DecisionRecord & FeastAuditRecord;

const READ = { actions: 'READ_ONLINE', resources: view('open_a') } as const;
const SPAN = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };

function recordingGate(options: Partial<DecisionLogOptions> = {}): {
  readonly gate: Gate;
  readonly records: AnyRecord[];
  readonly log: ReturnType<typeof createDecisionLog>;
} {
  const records: AnyRecord[] = [];
  const log = createDecisionLog({
    sink: (record) => void records.push(record as AnyRecord),
    ...options,
  });
  const { onDecision, onRefusal } = log;
  const { gate } = testGate({ onDecision, onRefusal, now: () => 1_700_000_000_123 });
  return { gate, records, log };
}

/** Asks as somebody; gives the status of a refusal, and 200. */
async function ask(gate: Gate, token: string | undefined, requirements: object): Promise<number> {
  const operation = 'POST /get-online-features';
  const authorization = token === undefined ? undefined : `Bearer ${token}`;
  try {
    await gate.check({ authorization, requirements, operation } as never);
    return 200;
  } catch (error) {
    return gate.refuse(error, { operation }).status;
  }
}

describe('createDecisionLog', () => {
  it('records an allowed request, a refused one and an unknown caller', async () => {
    const { gate, records, log } = recordingGate();
    expect(await ask(gate, 'ann-token', READ)).toBe(200);
    expect(await ask(gate, 'noel-token', READ)).toBe(403);
    expect(await ask(gate, 'forged-token', READ)).toBe(401);
    expect(records).toEqual([
      {
        decision_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        timestamp: '2023-11-14T22:13:20.123Z',
        bundles: { registry: { revision: expect.any(String) } },
        path: 'feast_permissions/decision',
        input: {
          operation: 'POST /get-online-features',
          subject: { username: 'ann' },
          actions: ['READ_ONLINE'],
          resource: { project: 'p', type: 'FeatureView', name: 'open_a' },
        },
        result: {
          allowed: true,
          reason: 'granted',
          permissions: [{ project: 'p', name: 'secret-permission-name', granted: true }],
          permission_count: 1,
        },
      },
      expect.objectContaining({
        path: 'feast_permissions/decision',
        input: expect.objectContaining({ subject: { username: 'noel' } }) as object,
        result: expect.objectContaining({ allowed: false, reason: 'denied' }) as object,
      }),
      {
        decision_id: expect.any(String),
        timestamp: '2023-11-14T22:13:20.123Z',
        path: 'feast_permissions/refusal',
        input: { operation: 'POST /get-online-features' },
        result: { allowed: false, reason: 'refused', permissions: [], permission_count: 0 },
        error: { code: 'ERR_IDENTITY_INVALID', message: 'secret: unknown key abc' },
      },
    ]);
    expect(new Set(records.map((one) => one.decision_id)).size).toBe(3);
    expect(log.counts).toEqual({ allowed: 1, denied: 1, unauthenticated: 1, refused: 0, lost: 0 });
  });

  it('holds neither tokens nor claims, and roles if asked for', async () => {
    const { gate, records } = recordingGate();
    await ask(gate, 'ann-token', READ);
    await ask(gate, 'forged-token', READ);
    expect(JSON.stringify(records)).not.toMatch(/-token|analyst/);
    const withRoles = recordingGate({ roles: true });
    await ask(withRoles.gate, 'ann-token', READ);
    expect(withRoles.records[0]?.input.subject).toEqual({ username: 'ann', roles: ['analyst'] });
  });

  it('has the labels and the span in force', async () => {
    const labels = { server: 'online-1' };
    const { gate, records } = recordingGate({ labels, activeSpan: () => SPAN });
    await ask(gate, 'ann-token', READ);
    await ask(gate, undefined, READ);
    for (const record of records) {
      expect(record).toMatchObject({
        trace_id: SPAN.traceId,
        span_id: SPAN.spanId,
        labels: { server: 'online-1' },
      });
    }
    const none = recordingGate({
      activeSpan: () => ({ traceId: '0'.repeat(32), spanId: '0'.repeat(16) }),
    });
    await ask(none.gate, 'ann-token', READ);
    expect(none.records[0]).not.toHaveProperty('trace_id');
  });

  it('bounds the permissions of a record, and counts them all', async () => {
    const { gate, records } = recordingGate({ maxPermissions: 0 });
    await ask(gate, 'ann-token', READ);
    expect(records[0]?.result).toMatchObject({ permissions: [], permission_count: 1 });
  });

  it.each([
    [
      'throws',
      (): never => {
        throw new Error('disk full');
      },
    ],
    ['rejects', (): Promise<never> => Promise.reject(new Error('disk full'))],
    ['rejects a line', { writeLine: () => Promise.reject(new Error('disk full')) }],
  ])('changes no answer where the sink %s, and counts what is lost', async (_, sink) => {
    const { gate, log } = recordingGate({ sink });
    expect(await ask(gate, 'ann-token', READ)).toBe(200);
    expect(await ask(gate, 'noel-token', READ)).toBe(403);
    expect(await ask(gate, 'forged-token', READ)).toBe(401);
    expect(log.counts).toEqual({ allowed: 1, denied: 1, unauthenticated: 1, refused: 0, lost: 3 });
  });

  it('changes no answer where the span cannot be read', async () => {
    const activeSpan = (): never => {
      throw new Error('no context');
    };
    const { gate, log } = recordingGate({ activeSpan });
    expect(await ask(gate, 'noel-token', READ)).toBe(403);
    expect(log.counts).toMatchObject({ denied: 1, lost: 1 });
  });

  it("writes the shape of Feast's audit log, truly filled in", async () => {
    const { gate, records } = recordingGate({ shape: 'feast', roles: true });
    await ask(gate, 'ann-token', READ);
    await ask(gate, 'noel-token', READ);
    await ask(gate, 'forged-token', READ);
    expect(records[0]).toEqual({
      event_type: 'authz.decision',
      timestamp: '2023-11-14T22:13:20.123Z',
      request_id: expect.any(String),
      principal: { username: 'ann', roles: ['analyst'], auth_type: '' },
      source: { ip: '', transport: '' },
      action: { mcp_tool: '', path: 'POST /get-online-features' },
      resource: { type: 'FeatureView', name: 'open_a', actions: ['READ_ONLINE'] },
      outcome: 'success',
      detail: 'granted: secret-permission-name',
    });
    expect(records.map(({ event_type, outcome }) => [event_type, outcome])).toEqual([
      ['authz.decision', 'success'],
      ['authz.decision', 'failure'],
      ['authn.failure', 'failure'],
    ]);
  });

  it.each(['opa', 'feast'] as const)(
    'writes lines that say what records say: %s',
    async (shape) => {
      const lines: string[] = [];
      const options = { shape, roles: true, labels: { a: '"' }, activeSpan: () => SPAN };
      const both = [
        recordingGate({ ...options, sink: { writeLine: (line) => void lines.push(line) } }),
        recordingGate(options),
      ];
      for (const { gate } of both) {
        // A decision that is remembered, and then asked for by another operation.
        for (let count = 0; count < 4; count++) await ask(gate, 'ann-token', READ);
        await gate.check({ authorization: 'Bearer ann-token', requirements: READ });
        await ask(gate, 'noel-token', READ);
        await ask(gate, 'forged-token', READ);
      }
      const withoutId = (record: object): object => ({
        ...record,
        decision_id: undefined,
        request_id: undefined,
        bundles: undefined,
      });
      const written = lines.map((line) => JSON.parse(line) as object);
      expect(written).toHaveLength(7);
      expect(written.map(withoutId)).toEqual(both[1]?.records.map(withoutId));
      expect(lines.some((line) => line.includes('\n'))).toBe(false);
      expect(new Set(written.map((one) => JSON.stringify(one))).size).toBe(7);
    },
  );

  it('gives each sink a record of its own', async () => {
    const { gate, records } = recordingGate();
    for (let count = 0; count < 4; count++) await ask(gate, 'ann-token', READ);
    (records[3] as { result: object }).result = {};
    expect(records[2]?.result).toMatchObject({ allowed: true });
    expect(records[3]?.input).not.toBe(records[2]?.input);
  });

  it('writes a span into a line if it is one, and nothing else that it is given', async () => {
    const lines: string[] = [];
    const spans = [SPAN, { traceId: '"x', spanId: '"y' }, undefined];
    const { gate } = recordingGate({
      sink: { writeLine: (line) => void lines.push(line) },
      activeSpan: () => spans.shift(),
    });
    for (let count = 0; count < 3; count++) await ask(gate, 'ann-token', READ);
    const traces = lines.map((line) => (JSON.parse(line) as DecisionRecord).trace_id);
    expect(traces).toEqual([SPAN.traceId, undefined, undefined]);
  });

  it.each([
    [{}, 'option sink must be a function'],
    [{ sink: () => {}, role: true }, 'role'],
    [{ sink: () => {}, roles: 'yes' }, 'option roles must be a boolean'],
    [{ sink: () => {}, labels: { a: 1 } }, 'option labels must be an object of strings'],
    [{ sink: () => {}, activeSpan: {} }, 'option activeSpan must be a function'],
    [{ sink: () => {}, shape: 'json' }, 'option shape must be `opa` or `feast`'],
    [{ sink: () => {}, maxPermissions: -1 }, 'option maxPermissions must be an integer'],
  ])('refuses the options %j', (options, message) => {
    expect(() => createDecisionLog(options as never)).toThrow(TypeError);
    expect(() => createDecisionLog(options as never)).toThrow(message);
  });
});

describe('the JSON Schema of a record', () => {
  const url = new URL('../../docs/schemas/decision-log.schema.json', import.meta.url);
  const ajv = new Ajv2020({ allErrors: true, validateFormats: false });
  const validate = ajv.compile(decisionRecordSchema());

  it('is the one of the documentation', () => {
    expect(JSON.parse(readFileSync(url, 'utf8'))).toEqual(decisionRecordSchema());
  });

  it('takes every record, and none with a field more or less', async () => {
    const { gate, records } = recordingGate({
      roles: true,
      labels: { a: 'b' },
      activeSpan: () => SPAN,
    });
    await ask(gate, 'ann-token', READ);
    await ask(gate, 'noel-token', { ...READ, resources: view('unknown') });
    await ask(gate, undefined, READ);
    expect(records).toHaveLength(3);
    for (const record of records) {
      const plain = JSON.parse(JSON.stringify(record)) as Record<string, unknown>;
      validate(plain);
      expect(validate.errors ?? []).toEqual([]);
      expect(validate({ ...plain, token: 'x' })).toBe(false);
      const { decision_id: __, ...rest } = plain;
      expect(validate(rest)).toBe(false);
    }
  });
});
