import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createDecisionLog, pinoSink } from '../../src/decision-log/index.js';
import { testGate, view } from '../gate/gate-fixtures.js';

it('writes records to a pino logger, refusals as warnings', async () => {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const log = createDecisionLog({ sink: pinoSink(pino(stream)) });
  const { gate } = testGate({ onDecision: log.onDecision, onRefusal: log.onRefusal });
  const requirements = { actions: 'READ_ONLINE', resources: view('open_a') } as const;
  for (const token of ['ann-token', 'noel-token', 'forged-token']) {
    await gate.check({ authorization: `Bearer ${token}`, requirements }).catch(() => {});
  }
  const written = lines.map((line) => JSON.parse(line) as object);
  expect(written).toMatchObject([
    { level: 30, msg: 'allowed', decision: { result: { allowed: true } } },
    { level: 40, msg: 'refused', decision: { result: { reason: 'denied' } } },
    { level: 40, msg: 'refused', decision: { error: { code: 'ERR_IDENTITY_INVALID' } } },
  ]);
  expect(log.counts.lost).toBe(0);
});

it.each([[undefined], [{}], [{ info: () => {} }]])('refuses the logger %j', (logger) => {
  expect(() => pinoSink(logger as never)).toThrow(TypeError);
});
