import { isAbsolute, join } from 'node:path';
import * as z from 'zod';
import { findNearest } from '../foundation/did-you-mean.js';
import type { ConfigInvalidError } from '../model/errors.js';
import { checkSection } from './check-section.js';
import { stringField } from './field-schemas.js';
import { isMapping } from './is-mapping.js';
import type { YamlDocument } from './parse-yaml.js';

/** Where the registry of a feature store is. */
export interface RegistryConfig {
  /** `file`, `sql`, `remote`, or any other `registry_type`, as written. */
  readonly type: string;
  /** The local file of a `file` registry, resolved against the folder of the configuration. */
  readonly path: string | undefined;
  /**
   * The `path` field of every other registry, as written: `s3://…`, `postgresql+psycopg://…`,
   * `sqlite:///…`, `host:port`. May hold a password. Also of a `file` registry whose
   * `registry_store_type` is not Feast's store of files.
   */
  readonly url: string | undefined;
  /** How long Feast reuses what it read; 0: for ever. */
  readonly cacheTtlSeconds: number;
  /** All fields that are not above, as written. May hold secrets. */
  readonly options: Readonly<Record<string, unknown>>;
}

const MISSING =
  'is missing. Name the registry, for example `registry: data/registry.db`; the Feast operator leaves it out of client files where it runs no registry server';
/** With or without `//`, as Python's `urlparse` sees it; but for the drive of a Windows path. */
const WITH_SCHEME = /^(?![A-Za-z]:[\\/])[A-Za-z][A-Za-z0-9+.-]*:/;
const FILE_STORES: ReadonlySet<string> = new Set([
  'FileRegistryStore',
  'feast.infra.registry.file.FileRegistryStore',
]);
const TYPES_WITH_PATH: ReadonlySet<string> = new Set(['file', 'sql', 'remote']);

const ttlMessage = 'must be a whole number of seconds, 0 or more';
const registrySchema = z
  .looseObject({
    registry_type: stringField.min(1, 'must not be empty').default('file'),
    path: stringField.min(1, 'must not be empty').optional(),
    cache_ttl_seconds: z.int({ error: ttlMessage }).min(0, ttlMessage).default(600),
  })
  .superRefine((section, context) => {
    if (section.path !== undefined || !needsPath(section)) return;
    context.addIssue({ code: 'custom', path: ['path'], message: missingPath(section) });
  });

/** A `registry_store_type` of its own may find its file without a path. */
function needsPath(section: Readonly<Record<string, unknown>>): boolean {
  const { registry_type: type, registry_store_type: store } = section;
  const isOwnStore = typeof store === 'string' && !FILE_STORES.has(store);
  return TYPES_WITH_PATH.has(type as string) && !(type === 'file' && isOwnStore);
}

function missingPath(section: Readonly<Record<string, unknown>>): string {
  const meant = Object.keys(section).find(
    (field) => !isKnownField(field) && findNearest(field, FIELDS) === 'path',
  );
  if (meant !== undefined) return `is missing: is \`${meant}\` meant to be \`path\`?`;
  return section['registry_type'] === 'file'
    ? 'is missing. Name the file, for example `path: data/registry.db`'
    : 'is missing';
}

/**
 * Reads the `registry` section.
 *
 * Shape: a path or a mapping; gives `undefined` after adding at least one error to `errors`. A
 * relative file is joined to `baseDirectory`, and stays relative without one. Types that no reader
 * knows are kept: the reader says so.
 *
 * @source Feast 0.66.0, its registry models: same fields and defaults, and a section that is
 *   missing is refused. Without a `path` Feast reads the folder of the store as if it were the
 *   file, and fails: here that is refused at once, as are a negative `cache_ttl_seconds`, an empty
 *   `path` and a `null` section.
 */
export function parseRegistrySection(
  section: unknown,
  document: YamlDocument,
  errors: ConfigInvalidError[],
  baseDirectory: string | undefined,
): RegistryConfig | undefined {
  if (section === undefined) {
    errors.push(document.errorAt(['registry'], MISSING));
    return undefined;
  }
  const value = toMapping(section);
  if (value === undefined) {
    errors.push(document.errorAt(['registry'], 'must be a path or a mapping'));
    return undefined;
  }
  const checked = checkSection(registrySchema, { value, path: ['registry'] }, document, errors);
  if (checked === undefined) return undefined;
  const { registry_type: type, path, cache_ttl_seconds: cacheTtlSeconds, ...options } = checked;
  const local = type === 'file' && isLocalFile(path ?? '', options['registry_store_type']);
  return Object.freeze({
    type,
    path: local && path !== undefined ? resolveFrom(baseDirectory, path) : undefined,
    url: local ? undefined : path,
    cacheTtlSeconds,
    options: Object.freeze(Object.assign(Object.create(null), options)),
  });
}

/** @source Feast 0.67.0, how it chooses the store of a `file` registry: same */
function isLocalFile(path: string, store: unknown): boolean {
  return store === undefined || store === null
    ? !WITH_SCHEME.test(path)
    : FILE_STORES.has(store as string);
}

function toMapping(section: unknown): object | undefined {
  if (typeof section === 'string') return { path: section };
  return isMapping(section) ? section : undefined;
}

function resolveFrom(baseDirectory: string | undefined, path: string): string {
  return baseDirectory === undefined || isAbsolute(path) ? path : join(baseDirectory, path);
}

/** The fields that are read here. Readers of other registries and Feast itself know more. */
const FIELDS = ['registry_type', 'path', 'cache_ttl_seconds'] as const;
/** Fields of Feast's registries that look like one of those and are another. */
const OTHER_FIELDS: ReadonlySet<string> = new Set(['registry_store_type', 'cache_mode']);

/**
 * Finds fields of the `registry` section that are probably a misspelling of one that is read.
 *
 * @returns the field, and what to say of it
 * @source Feast 0.66.0, its registry models: unknown fields are kept, and change nothing
 */
export function findMisspeltRegistryFields(
  section: unknown,
): readonly { readonly field: string; readonly message: string }[] {
  if (!isMapping(section)) return [];
  return Object.keys(section).flatMap((field) => {
    if (isKnownField(field)) return [];
    const meant = findNearest(field, FIELDS);
    if (meant === undefined || meant in section) return [];
    const message = `is not read: did you mean \`${meant}\`? Without it the default counts`;
    return { field, message };
  });
}

function isKnownField(field: string): boolean {
  return FIELDS.some((known) => known === field) || OTHER_FIELDS.has(field);
}
