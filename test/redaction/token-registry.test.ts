import { randomBytes } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { createRedactor } from '../../src/redaction/index.js';

const tokenOf = (signature: string): string => `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.${signature}`;
const newSignature = (): string => randomBytes(256).toString('base64url');
const later = Date.now() + 3_600_000;

describe('tokens', () => {
  test('leave secrets masked, however many come, and warn once of those given up', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const redactor = createRedactor({ maxTokenBytes: 24 * 100 });
    redactor.add({ name: 'key', value: 'correct horse battery' });
    for (let index = 0; index < 20_000; index++) {
      redactor.addToken({ value: tokenOf(newSignature()), expiresAt: later });
      if (index % 1000 === 0) expect(redactor.text('a correct horse battery')).toBe('a ***key***');
    }
    expect(redactor.text('a correct horse battery')).toBe('a ***key***');
    expect(() => redactor.add('another secret of a store')).not.toThrow();
    expect(redactor.unmasked).toBeGreaterThan(19_000);
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  test('are masked with all of their signature, in pieces too', () => {
    const redactor = createRedactor();
    const signature = newSignature();
    redactor.addToken({ name: 'token', value: tokenOf(signature), expiresAt: later });
    const text = `got ${tokenOf(signature)} today`;
    expect(redactor.text(text)).toBe('got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.***token*** today');
    for (let cut = 0; cut <= text.length; cut++) {
      const pieces = redactor.pieces();
      const shown = [pieces.write(text.slice(0, cut)), pieces.write(text.slice(cut)), pieces.end()];
      expect(shown.join('')).toBe(redactor.text(text));
    }
    const hex = Buffer.from(text).toString('hex');
    expect(redactor.text(hex)).not.toContain(Buffer.from(signature).toString('hex').slice(60, 120));
  });

  test('that ended are given up without a word', () => {
    const redactor = createRedactor({ maxTokenBytes: 240 });
    for (let index = 0; index < 100; index++)
      redactor.addToken({ value: tokenOf(newSignature()), expiresAt: Date.now() - 1 });
    expect(redactor.unmasked).toBe(0);
  });
});
