import { isPlainObject } from '../../../../model/index.js';
import type { ReadContext } from '../file-reader.js';
import { isExternalSecret } from './external-resources.js';
import {
  hasTokenForm,
  isHarmless,
  isPlainSetting,
  isSecretName,
  isTokenSecret,
} from './secret-forms.js';
import type { TerraformDocument } from './terraform-documents.js';
import { type TerraformResource, textAt } from './terraform-resource.js';

const SECRET_ADDRESS = /(?:secret|password|token)(?:_value)?$/i;

/** Maps of settings, whose secrets should be references. */
const SETTINGS: ReadonlySet<string> = new Set([
  'spark_env_vars',
  'spark_conf',
  'environment_vars',
  'configuration',
]);

/** A secret that stands in a resource as it is. */
type OnSecret = (attribute: string, isToken: boolean) => void;

/**
 * Gives every secret of a file to be masked, and notes where the stored ones stand.
 *
 * A secret is what Terraform marks, in resources of all providers, what has the name of one, a text
 * with the form of a token, and a setting that should be a reference to a secret.
 *
 * @source Terraform documentation, "JSON Output Format": `sensitive_values`; the state file's
 *   `sensitive_attributes`
 */
export function collectSecrets(document: TerraformDocument, context: ReadContext): void {
  const { facts } = context.collector;
  for (const resource of document.earlier) new SecretSearch(resource, context).run();
  for (const resource of document.resources) {
    const { address } = resource;
    const search = new SecretSearch(resource, context, (attribute, isToken) => {
      facts.storedSecrets.push({ address, attribute, isToken });
    });
    search.run();
  }
  for (const { address, value, sensitive } of document.others) {
    const texts = textsIn(value).filter((text) => !isHarmless(address, text));
    const isSecret = texts.some(hasTokenForm) || sensitive;
    const isNamed = typeof value === 'string' && SECRET_ADDRESS.test(address);
    if (texts.length === 0 || !(isSecret || isNamed)) continue;
    for (const text of texts) context.addSecret({ name: address, value: text });
    const isToken = texts.some((text) => isTokenSecret(address, text));
    facts.storedSecrets.push({ address, attribute: 'value', isToken });
  }
}

/** Looks for the secrets of one resource. */
class SecretSearch {
  readonly #resource: TerraformResource;
  readonly #context: ReadContext;
  readonly #onSecret: OnSecret | undefined;
  /** Names that lead to the attribute, without indexes. */
  readonly #path: string[] = [];
  readonly #found = new Set<string>();

  constructor(resource: TerraformResource, context: ReadContext, onSecret?: OnSecret) {
    this.#resource = resource;
    this.#context = context;
    this.#onSecret = onSecret;
  }

  run(): void {
    const { values, sensitive, unknown } = this.#resource;
    this.#visitMembers(values, sensitive, unknown);
  }

  #visitMembers(members: object, marks: unknown, unknown: unknown): void {
    for (const [name, value] of Object.entries(members)) {
      this.#path.push(name);
      const mark = marks === true || memberOf(marks, name);
      this.#visit(name, value, mark, memberOf(unknown, name));
      this.#path.pop();
    }
    if (!isPlainObject(marks) || !isPlainObject(unknown)) return;
    // What a plan will make has no value yet.
    for (const [name, mark] of Object.entries(marks)) {
      if (mark !== true || unknown[name] !== true || Object.hasOwn(members, name)) continue;
      this.#path.push(name);
      this.#note(isTokenSecret(name, undefined));
      this.#path.pop();
    }
  }

  #visit(name: string, value: unknown, mark: unknown, unknown: unknown): void {
    if (typeof value === 'string') {
      if (value !== '') this.#visitText(name, value, mark === true);
    } else if (typeof value !== 'object' || value === null) {
      if (mark === true && unknown === true) this.#note(isTokenSecret(name, undefined));
    } else if (mark === true) {
      this.#addTexts(name, textsIn(value));
    } else if (Array.isArray(value)) {
      for (const [at, item] of value.entries()) {
        this.#visit(name, item, memberOf(mark, String(at)), memberOf(unknown, String(at)));
      }
    } else {
      this.#visitMembers(value, mark, unknown);
    }
  }

  #visitText(name: string, text: string, isMarked: boolean): void {
    if (isMarked || isSecretName(name) || this.#isSetting(name, text)) this.#addTexts(name, [text]);
    else if (hasTokenForm(text)) this.#addTexts(name, [text]);
  }

  #isSetting(name: string, text: string): boolean {
    const parent = this.#path.at(-2) ?? '';
    if (parent === 'http_url_spec' && name === 'authorization') return true;
    return SETTINGS.has(parent) && isPlainSetting(name, text);
  }

  #addTexts(attribute: string, texts: readonly string[]): void {
    // The key says what a secret of Databricks is.
    const { type, values } = this.#resource;
    const key = type === 'databricks_secret' ? textAt(values, 'key') : undefined;
    const secrets = texts.filter((text) => !isHarmless(key ?? attribute, text));
    if (secrets.length === 0) return;
    for (const value of secrets) this.#context.addSecret({ name: attribute, value });
    this.#note(secrets.some((text) => isTokenSecret(attribute, text)));
  }

  #note(isToken: boolean): void {
    // Those of programs outside have a reader of their own.
    if (this.#resource.type === 'external' && isExternalSecret(this.#path)) return;
    const attribute = this.#path.join('.');
    if (this.#found.has(attribute)) return;
    this.#found.add(attribute);
    this.#onSecret?.(attribute, isToken);
  }
}

/** All texts in a value that are not empty. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
