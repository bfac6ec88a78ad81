import { describe, expect, it } from 'vitest';
import { renderBlocks, renderRecords } from '../../../src/foundation/terminal/render-records.js';
import { displayWidth } from '../../../src/foundation/terminal/terminal-text.js';
import { plainStyle } from '../../../src/foundation/terminal/text-style.js';

const TITLES = ['PROJECT', 'NAME', 'TYPES', 'REQUIRES', 'TAGS'];
const ROWS = [
  ['p', 'one', ['FeatureView', 'Entity'], 'one of the groups "feast-users", "data-scientists"', []],
  ['p', 'two', 'all', 'the role "r"', ['a: b']],
];

describe('renderRecords', () => {
  it('is a table where the terminal is wide enough, or not known', () => {
    for (const width of [undefined, 100]) {
      const lines = renderRecords(TITLES, ROWS, { style: plainStyle, width }, 2);
      expect(lines[0]).toMatch(/^PROJECT {2}NAME {2}TYPES {8}REQUIRES {2,}TAGS$/);
      expect(lines).toHaveLength(4);
    }
  });

  it('is a block for each row where it is not', () => {
    const lines = renderRecords(TITLES, ROWS, { style: plainStyle, width: 50 }, 2);
    expect(lines).toEqual([
      'p/one',
      '  types     FeatureView, Entity',
      '  requires  one of the groups "feast-users",',
      '            "data-scientists"',
      '',
      'p/two',
      '  types     all',
      '  requires  the role "r"',
      '  tags      a: b',
    ]);
  });
});

describe('renderBlocks', () => {
  it('makes hostile names harmless, and keeps to the width', () => {
    const name = '\u001b[31m特徴'.repeat(30);
    const lines = renderBlocks(['name', 'on'], [[name, { flow: [name, 'x'], more: 2000 }]], {
      style: plainStyle,
      width: 60,
    });
    expect(lines.join('')).not.toContain('\u001b');
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(60);
    expect(lines.join(' ').replace(/\s+/g, ' ')).toContain(', x and 2,000 more');
  });
});
