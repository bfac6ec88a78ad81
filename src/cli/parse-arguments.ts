import { parseArgs } from 'node:util';
import { didYouMean } from '../foundation/did-you-mean.js';
import { quote } from '../model/errors.js';
import { type Arguments, type Command, type OptionSpec, UsageError } from './command.js';

/**
 * Reads what stands after a command's name.
 *
 * @throws {@link UsageError} on options that the command does not have, values that are missing,
 *   unknown or too many, and more than one path, or none, where the command does not take that
 */
export function parseArguments(command: Command, written: readonly string[]): Arguments {
  const { tokens } = parseArgs({
    args: [...written],
    options: Object.fromEntries(
      command.options.map(({ name, short, value }) => [
        name,
        {
          type: value === undefined ? 'boolean' : 'string',
          ...(short === undefined ? {} : { short }),
        },
      ]),
    ),
    strict: false,
    tokens: true,
  });
  const values = new Map<string, string[]>();
  const paths: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') paths.push(token.value);
    if (token.kind !== 'option') continue;
    const option = findOption(command, token.name, token.rawName);
    const value = checkValue(option, token);
    const given = values.get(option.name);
    if (given === undefined) values.set(option.name, [value]);
    else if (option.multiple === true) given.push(value);
    else if (option.value !== undefined)
      throw new UsageError(`\`--${option.name}\` was given more than once. Pass it once`);
  }
  const operands = paths.splice(0, command.operands?.length ?? 0);
  if (paths.length === 0 && command.defaultPath !== undefined) paths.push(command.defaultPath);
  if (!values.has('help')) checkComplete(command, values, operands, paths);
  return {
    operands,
    path: paths[0] ?? '.',
    paths,
    has: (option) => values.has(option),
    get: (option) => values.get(option)?.[0],
    all: (option) => values.get(option) ?? [],
  };
}

function findOption({ name, options }: Command, written: string, raw: string): OptionSpec {
  const option = options.find((one) => one.name === written);
  if (option !== undefined) return option;
  const names = options.map((one) => one.name);
  throw new UsageError(
    `unknown option ${quote(raw)} for ${name}${didYouMean(written, names, '--') || `. See \`${name} --help\``}`,
  );
}

function checkValue(
  { name, value: placeholder, choices }: OptionSpec,
  {
    value,
    inlineValue,
  }: { readonly value?: string | undefined; readonly inlineValue?: boolean | undefined },
): string {
  if (placeholder === undefined) {
    if (value !== undefined) throw new UsageError(`\`--${name}\` takes no value`);
    return '';
  }
  const isOption = inlineValue !== true && value?.startsWith('-') === true && value.length > 1;
  if (value === undefined || isOption) {
    throw new UsageError(`\`--${name}\` needs a value: \`--${name}=${placeholder}\``);
  }
  if (choices !== undefined && !choices.includes(value)) {
    throw new UsageError(
      `invalid value ${quote(value)} for \`--${name}\`: pass ${choices.join(', ')}${didYouMean(value, choices)}`,
    );
  }
  return value;
}

function checkComplete(
  command: Command,
  values: ReadonlyMap<string, readonly string[]>,
  operands: readonly string[],
  paths: readonly string[],
): void {
  const [first, second] = paths;
  const absent = command.operands?.[operands.length];
  if (absent !== undefined) {
    throw new UsageError(`${command.name} needs ${absent}: \`${command.name} ${command.usage}\``);
  }
  if (command.noPath === true && first !== undefined) {
    throw new UsageError(
      `unexpected argument ${quote(first)}: ${command.name} takes ${command.operands?.join(' and ') ?? 'options'} only`,
    );
  }
  if (command.manyPaths === true && first === undefined) {
    throw new UsageError(`${command.name} needs a path: \`${command.usage}\``);
  }
  if (command.manyPaths !== true && second !== undefined) {
    throw new UsageError(`unexpected argument ${quote(second)}: ${command.name} takes one path`);
  }
  const missing = command.options.find(
    ({ name, required }) => required === true && !values.has(name),
  );
  if (missing !== undefined) {
    throw new UsageError(`${command.name} needs \`--${missing.name} ${missing.value ?? ''}\``);
  }
}
