import { describe, expect, it } from 'vitest';
import { LazyDecision } from '../../src/engine/lazy-decision.js';

const FACTS = {
  allowed: true,
  reason: 'granted',
  subject: null,
  actions: ['DESCRIBE'],
  resource: { type: 'FeatureView', name: 'view' },
  version: '1',
} as const;

function lazy(explanation: string): { readonly decision: LazyDecision; readonly calls: string[] } {
  const calls: string[] = [];
  const decision = new LazyDecision(FACTS, () => {
    calls.push(explanation);
    return { explanation, permissions: [] };
  });
  return { decision, calls };
}

describe('LazyDecision', () => {
  it('explains nothing before its reasons are read, and then once', () => {
    const { decision, calls } = lazy('because');
    expect(decision.allowed).toBe(true);
    expect(calls).toEqual([]);
    expect([decision.explanation, decision.permissions, decision.explanation]).toEqual([
      'because',
      [],
      'because',
    ]);
    expect(calls).toEqual(['because']);
  });

  it('is serialised and copied with its reasons', () => {
    const whole = { ...FACTS, explanation: 'because', permissions: [] };
    expect(JSON.parse(JSON.stringify(lazy('because').decision))).toEqual(whole);
    expect({ ...lazy('because').decision }).toEqual(whole);
  });

  it('is frozen', () => {
    expect(Object.isFrozen(lazy('because').decision)).toBe(true);
  });

  it('shares its getters with all decisions, so that all have one shape', () => {
    const [one, other] = [lazy('one').decision, lazy('other').decision];
    for (const member of ['explanation', 'permissions'] as const) {
      const getterOf = (decision: LazyDecision) =>
        Object.getOwnPropertyDescriptor(decision, member)?.get;
      expect(getterOf(one)).toBe(getterOf(other));
    }
    expect([one.explanation, other.explanation]).toEqual(['one', 'other']);
  });

  it('tries again where explaining failed', () => {
    let calls = 0;
    const decision = new LazyDecision(FACTS, () => {
      if (calls++ === 0) throw new Error('not now');
      return { explanation: 'because', permissions: [] };
    });
    expect(() => decision.explanation).toThrow('not now');
    expect(decision.explanation).toBe('because');
  });
});
