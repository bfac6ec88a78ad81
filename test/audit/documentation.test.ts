import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { FINDING_RULES } from '../../src/audit/index.js';

const read = (file: string): string =>
  readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8');

describe('docs/findings.md', () => {
  it('has a row and a section for each rule, with its level, in the order of the audit', () => {
    const text = read('findings.md');
    const rows = Array.from(
      text.matchAll(/^\| \[([\w-]+)\]\(#\1\) \| (\w+) \|/gm),
      ([, id, level]) => ({ id, level }),
    );
    expect(rows).toEqual(FINDING_RULES.map(({ id, level }) => ({ id, level })));
    const sections = Array.from(text.matchAll(/^## (.+)$/gm), ([, id]) => id);
    expect(sections).toEqual(FINDING_RULES.map(({ id }) => id));
  });
});

describe('docs/json-output.md', () => {
  it.each(['audit', 'list', 'decide'])('has examples that are valid: %s', (command) => {
    const text = read('json-output.md');
    const section =
      text
        .slice(text.indexOf(`\n## ${command}\n`))
        .slice(1)
        .split('\n## ')[0] ?? '';
    const examples = Array.from(
      section.matchAll(/```json\n(.*?)```/gs),
      ([, json = '']) => JSON.parse(json) as object,
    );
    const answers = examples.filter((example) => !('user' in example));
    expect(answers.length).toBeGreaterThan(0);
    const schema = JSON.parse(read(`schemas/${command}.schema.json`)) as object;
    const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);
    for (const answer of answers) {
      validate(answer);
      expect(validate.errors ?? []).toEqual([]);
    }
  });
});
