import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createDecisionLog } from '../../src/decision-log/index.js';
import { openDecisionFile } from '../../src/decision-log/open-decision-file.js';
import { testGate, view } from '../gate/gate-fixtures.js';

const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-decisions-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LINE = '{"path":"feast_permissions/refusal"}';

function linesOf(path: string): readonly unknown[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}

describe('openDecisionFile', () => {
  it('appends one JSON object a line, to what is there', async () => {
    const path = join(folder, 'appended.jsonl');
    writeFileSync(path, '{"old":true}\n');
    const file = await openDecisionFile(path);
    const log = createDecisionLog({ sink: file.sink });
    const { gate } = testGate({ onDecision: log.onDecision, onRefusal: log.onRefusal });
    const requirements = { actions: 'READ_ONLINE', resources: view('open_a') } as const;
    for (const token of ['ann-token', 'noel-token', 'forged-token']) {
      await gate.check({ authorization: `Bearer ${token}`, requirements }).catch(() => {});
    }
    await file.close();
    expect(linesOf(path)).toMatchObject([
      { old: true },
      { result: { allowed: true } },
      { result: { reason: 'denied' } },
      { error: { code: 'ERR_IDENTITY_INVALID' } },
    ]);
    expect([file.lost, file.error, log.counts.lost]).toEqual([0, undefined, 0]);
  });

  it('keeps the order of many records, and keeps others from reading them', async () => {
    const path = join(folder, 'many.jsonl');
    const file = await openDecisionFile(path);
    for (let number = 0; number < 5000; number++) {
      file.sink.writeLine(`{"number":${number}}`, true);
      if (number % 1000 === 0) await file.flush();
    }
    await file.close();
    expect(linesOf(path)).toEqual(Array.from({ length: 5000 }, (_, number) => ({ number })));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('refuses records beyond its bound, and after it is closed', async () => {
    const file = await openDecisionFile(join(folder, 'bounded.jsonl'), { maxWaiting: 100 });
    const log = createDecisionLog({ sink: file.sink });
    const refusal = { code: 'ERR_IDENTITY_MISSING', rule: 'x'.repeat(100), time: 0 } as never;
    log.onRefusal(refusal);
    expect(log.counts).toMatchObject({ unauthenticated: 1, lost: 1 });
    file.sink.writeLine(LINE, false);
    await file.flush();
    file.sink.writeLine(LINE, false);
    await file.close();
    await file.close();
    expect(linesOf(join(folder, 'bounded.jsonl'))).toHaveLength(2);
    expect(() => file.sink.writeLine(LINE, false)).toThrow('closed');
  });

  it('says what it could not write', async () => {
    // A device that is always full.
    const file = await openDecisionFile('/dev/full');
    file.sink.writeLine(LINE, false);
    file.sink.writeLine(LINE, false);
    await file.flush();
    expect(file.lost).toBe(2);
    expect(file.error?.message).toContain('ENOSPC');
    await file.close();
  });

  it('rejects a path that cannot be opened, and unknown options', async () => {
    await expect(openDecisionFile(join(folder, 'no', 'such'))).rejects.toThrow('ENOENT');
    const path = join(folder, 'unopened.jsonl');
    await expect(openDecisionFile(path, { max: 1 } as never)).rejects.toThrow(TypeError);
    await expect(openDecisionFile(path, { maxWaiting: 0 })).rejects.toThrow('maxWaiting');
  });
});
