import type { YamlResolvers } from '../../config/parse-yaml.js';

/** Short forms whose long form has no `Fn::`. */
const BARE: ReadonlySet<string> = new Set(['Ref', 'Condition']);

/**
 * How values of a template in YAML are read: as those of its long form in JSON.
 *
 * `!Sub x` becomes `{ "Fn::Sub": "x" }`, and a tag that CloudFormation does not have becomes one
 * that a template fills in, too. A date is a text, so `Version` needs no quotes.
 *
 * @source
 *   AWS CloudFormation Template Reference, "Intrinsic function reference"
 */
export const templateYaml: YamlResolvers = {
  tag: (tag, value) => {
    const name = tag.slice(1);
    return { [BARE.has(name) ? name : `Fn::${name}`]: value };
  },
  plain: (text, value) => (value instanceof Date ? text : value),
};
