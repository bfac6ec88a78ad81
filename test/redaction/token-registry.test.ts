import { randomBytes } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { createRedactor } from '../../src/redaction/index.js';
import { TokenRegistry } from '../../src/redaction/token-registry.js';

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

  test('leave 100 % of registered secrets masked after 1,000,000 of them', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const redactor = createRedactor({ maxTokenBytes: 2400 });
    const secrets = Array.from({ length: 1000 }, (_, index) => `secret ${index} of a store`);
    const text = secrets.map((value, index) => {
      redactor.add({ name: `s${index}`, value });
      return value;
    });
    const masked = secrets.map((_, index) => `***s${index}***`).join('\n');
    for (let index = 0; index < 1_000_000; index++) {
      redactor.addToken({ value: tokenOf(`${index}`.padEnd(43, '_')), expiresAt: later });
      if (index % 250_000 === 0) expect(redactor.text(text.join('\n'))).toBe(masked);
    }
    expect(redactor.text(text.join('\n'))).toBe(masked);
    expect(redactor.size).toBe(1000);
    expect(redactor.unmasked).toBeGreaterThan(990_000);
    warn.mockRestore();
  }, 60_000);

  test('wait for no text: their tables are made while they come', () => {
    const registry = new TokenRegistry(2 ** 19, () => {});
    for (let index = 0; index < 3000; index++) registry.add(newSignature(), undefined, later);
    const made = registry.finders().flatMap(({ secrets }) => secrets.length);
    expect(made.reduce((sum, count) => sum + count, 0)).toBe(3000);
    const known = new Set<unknown>(registry.finders());
    registry.add(newSignature(), undefined, later);
    const fresh = registry.finders().filter((finder) => !known.has(finder));
    expect(fresh.reduce((sum, { secrets }) => sum + secrets.length, 0)).toBeLessThan(1000);
  });

  test('that cannot be taken warn once and are counted, as are secrets', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const redactor = createRedactor({ maxBytes: 20, maxTokenBytes: 10 });
    redactor.add('0123456789');
    redactor.addToken({ value: tokenOf(newSignature()), expiresAt: later });
    expect(redactor.unmasked).toBe(1);
    expect(() => redactor.add('another secret')).toThrow(RangeError);
    expect(() => redactor.add('and one more secret')).toThrow(RangeError);
    expect(redactor.unmasked).toBe(3);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('are not masked'), {
      code: 'FEAST_PERMISSIONS_UNMASKED',
    });
    expect(redactor.text('0123456789')).toBe('***');
    warn.mockRestore();
  });

  test('take no room from secrets, and secrets none from tokens', () => {
    const redactor = createRedactor({ maxBytes: 40, maxTokenBytes: 240 });
    const tokens = Array.from({ length: 10 }, () => tokenOf(newSignature()));
    for (const value of tokens) redactor.addToken({ value, expiresAt: later });
    redactor.add('a secret of twenty c');
    redactor.add('b secret of twenty c');
    expect(redactor.unmasked).toBe(0);
    for (const token of tokens) expect(redactor.text(token)).toMatch(/\*\*\*$/);
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
