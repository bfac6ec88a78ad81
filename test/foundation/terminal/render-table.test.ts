import { describe, expect, it } from 'vitest';
import { renderTable } from '../../../src/foundation/terminal/render-table.js';
import { displayWidth } from '../../../src/foundation/terminal/terminal-text.js';
import { ansiStyle, plainStyle } from '../../../src/foundation/terminal/text-style.js';

const WIDE = { style: plainStyle, width: undefined };

describe('renderTable', () => {
  it('aligns columns by what they take on a terminal', () => {
    const rows = [
      ['équipe-données', '特徴', 'x'],
      ['a', 'b', 'y'],
    ];
    expect(renderTable(['NAME', 'T', 'LAST'], rows, WIDE)).toEqual([
      'NAME            T     LAST',
      'équipe-données  特徴  x',
      'a               b     y',
    ]);
  });

  it('puts lines below each other, and lets words flow', () => {
    const flow = ['driver', 'merchant', 'customer'];
    const rows = [
      ['a', ['one', 'two'], { flow }],
      ['b', [], { flow: [] }],
    ];
    expect(renderTable(['N', 'LINES', 'FLOW'], rows, { ...WIDE, width: 28 })).toEqual([
      'N  LINES  FLOW',
      'a  one    driver, merchant,',
      '   two    customer',
      'b  -      -',
    ]);
  });

  it('breaks a flow where no terminal says how wide it is', () => {
    const flow = Array.from({ length: 40 }, (_, index) => `name_${index}`);
    const lines = renderTable(['N', 'FLOW'], [['a', { flow }]], WIDE);
    expect(lines.length).toBeGreaterThan(4);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(83);
    expect(lines.slice(1).join(' ').replace(/\s+/g, ' ')).toBe(`a ${flow.join(', ')}`);
  });

  it('takes room from the widest columns, down to a limit', () => {
    const rows = [['a'.repeat(50), 'b'.repeat(30)]];
    const lines = renderTable(['ONE', 'TWO'], rows, { ...WIDE, width: 60 });
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(60);
    expect(lines).toHaveLength(3);
    const narrow = renderTable(['ONE', 'TWO'], rows, { ...WIDE, width: 10 });
    expect(Math.max(...narrow.map((line) => displayWidth(line)))).toBe(26);
  });

  it('keeps the words of a flow whole, and says how many are left out', () => {
    const flow = ['a_name_of_twenty_four_co', 'another_of_twenty_four_c'];
    const rows = [['x'.repeat(20), { flow: ['CREATE', 'UPDATE', 'DELETE'] }, { flow, more: 9981 }]];
    const lines = renderTable(['T', 'ACTIONS', 'N'], rows, { ...WIDE, width: 62 });
    expect(lines.slice(1)).toEqual([
      'xxxxxxxxxxxxxxxxxxxx  CREATE,        a_name_of_twenty_four_co,',
      '                      UPDATE,        another_of_twenty_four_c',
      '                      DELETE         and 9,981 more',
    ]);
  });

  it('makes hostile names harmless, and cuts endless ones', () => {
    const hostile = `\u001b[31m\r\n\u202e${'x'.repeat(1_000_000)}`;
    const [, line = ''] = renderTable(['NAME', 'T'], [[hostile, 'FeatureView']], WIDE);
    expect(line.startsWith('\\u001b[31m\\u000d\\u000a\\u202exxx')).toBe(true);
    expect(line.endsWith('x…  FeatureView')).toBe(true);
    expect(displayWidth(line)).toBeLessThanOrEqual(213);
  });

  it('sets the titles off', () => {
    expect(renderTable(['A'], [['x']], { style: ansiStyle, width: undefined })).toEqual([
      '\u001b[1mA\u001b[22m',
      'x',
    ]);
  });
});

describe('ansiStyle', () => {
  it('leaves no code around nothing', () => {
    expect(ansiStyle('red', '')).toBe('');
    expect(ansiStyle('red', 'x')).toBe('\u001b[31mx\u001b[39m');
  });
});
