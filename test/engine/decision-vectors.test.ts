import { describe, expect, it } from 'vitest';
import { createAuthorizer } from '../../src/engine/index.js';
import { definePermission } from '../../src/policy/index.js';
import { readDivergences, readVectors } from '../support/conformance.js';
import {
  answerVector,
  type DecisionVector,
  hasTwins,
  inOurWords,
  type OurAnswer,
} from '../support/decision-vectors.js';

const FILES = [
  { key: 'decisions', rows: 2802, differences: 553 },
  { key: 'tags', rows: 674, differences: 135 },
];

for (const { key, rows, differences } of FILES) {
  const vectors = readVectors<DecisionVector>(`${key}.jsonl.gz`);
  const divergences = readDivergences<OurAnswer>(key);

  describe(`questions that Feast answered: ${key}`, () => {
    it('has all of them, and no divergence of another', () => {
      expect(vectors).toHaveLength(rows);
      expect(divergences.size).toBe(differences);
      const ids = new Set(vectors.map(({ id }) => id));
      expect([...divergences.keys()].filter((id) => !ids.has(id))).toEqual([]);
    });

    it.each(['described', 'registered'] as const)(
      'gives the recorded answers for resources that are %s',
      { timeout: 240_000 },
      (resourcesAre) => {
        const wrong: unknown[] = [];
        for (const vector of vectors) {
          if (resourcesAre === 'registered' && hasTwins(vector)) continue;
          const recorded = inOurWords(vector.expected_docs ?? vector.feast);
          const expected = divergences.get(vector.id)?.ours ?? recorded;
          const answer = answerVector(vector, resourcesAre);
          if (!isSame(answer, expected)) wrong.push({ id: vector.id, answer, expected });
        }
        expect(wrong).toEqual([]);
      },
    );

    it('lists only divergences that are some', () => {
      for (const vector of vectors) {
        const divergence = divergences.get(vector.id);
        if (divergence === undefined) continue;
        expect(divergence.reason).not.toBe('');
        expect(
          isSame(divergence.ours, inOurWords(vector.expected_docs ?? vector.feast)),
          vector.id,
        ).toBe(false);
      }
    });

    it('allows no more than Feast where a permission with a pattern it refuses is left out', {
      timeout: 240_000,
    }, () => {
      let answered = 0;
      for (const vector of vectors) {
        const ours = divergences.get(vector.id)?.ours ?? { allowed: [] };
        const recorded = vector.expected_docs ?? vector.feast;
        if (
          !('error' in ours) ||
          !ours.error.startsWith('ERR_PATTERN') ||
          vector.actions.length === 0
        )
          continue;
        if (!('allowed' in recorded)) continue;
        answered++;
        const permissions = vector.permissions.map((permission) => definePermission(permission));
        const authorizer = createAuthorizer({ permissions, onUnsupportedPattern: 'exclude' });
        const allowed = authorizer.filter(vector.user, vector.actions, vector.resources);
        const more = allowed.filter(
          (resource) => !recorded.allowed.includes(vector.resources.indexOf(resource)),
        );
        expect(more, vector.id).toEqual([]);
      }
      expect(answered).toBeGreaterThan(10);
    });

    it('refuses to register two resources that differ in nothing but their tags', () => {
      const twins = vectors.filter((vector) => hasTwins(vector) && vector.actions.length > 0);
      expect(twins.length).toBeGreaterThan(0);
      for (const { resources } of twins) {
        expect(() => createAuthorizer({ permissions: [], resources })).toThrow(
          'is registered twice, with different tags',
        );
      }
    });
  });
}

function isSame(a: OurAnswer, b: OurAnswer): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
