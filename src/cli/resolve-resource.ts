import { compiledOf, type Snapshot } from '../engine/index.js';
import { didYouMean } from '../foundation/did-you-mean.js';
import {
  type FeastVocabulary,
  quote,
  type ResourceOf,
  type Tags,
  type Vocabulary,
} from '../model/index.js';
import { UsageError } from './command.js';
import { resolveType } from './resolve-names.js';

type Type = ResourceOf<FeastVocabulary>['type'];

/** Names that are compared with one that is not registered. */
const MAX_COMPARED = 20_000;
const MAX_LISTED = 5;

/**
 * Splits `TYPE:NAME`. The type may be written in any case; everything after the first colon is the
 * name.
 *
 * @throws {@link UsageError} if a half is missing or the type is unknown
 * @example
 * parseResourceName(vocabulary, 'feature_view:driver_stats')
 * // { type: 'FeatureView', name: 'driver_stats' }
 */
export function parseResourceName(
  vocabulary: Vocabulary,
  written: string,
): { readonly type: Type; readonly name: string } {
  const colon = written.indexOf(':');
  if (colon <= 0 || colon === written.length - 1) {
    throw new UsageError(
      `invalid resource ${quote(written)}: write \`TYPE:NAME\`, for example \`FeatureView:driver_stats\``,
    );
  }
  const type = resolveType(vocabulary, written.slice(0, colon)) as Type;
  return { type, name: written.slice(colon + 1) };
}

/** What the registry knows of a resource that was asked for. */
export interface ResourceFacts {
  readonly project: string | null;
  readonly type: string;
  readonly name: string;
  /** Null: unknown. */
  readonly tags: Tags | null;
  readonly registered: boolean;
  /** Null if it is registered; otherwise a sentence that says so, with a similar known name. */
  readonly note: string | null;
}

/** Looks a resource up. An unregistered one keeps the tags that the question gives. */
export function resourceFacts(
  given: Snapshot<FeastVocabulary>,
  asked: ResourceOf<FeastVocabulary>,
): ResourceFacts {
  const registered = compiledOf(given).registered(asked);
  const { project = null, type, name, tags = null } = registered ?? asked;
  const note = registered === undefined ? describeUnregistered(given, asked) : null;
  return { project, type, name, tags, registered: note === null, note };
}

/** @throws {@link UsageError} if the text does not name a resource, or a project has to be named */
export function findResource(
  snapshot: Snapshot<FeastVocabulary>,
  written: string,
): ResourceOf<FeastVocabulary> {
  const { type, name } = parseResourceName(snapshot.vocabulary, written);
  const missing = explainMissingProject(snapshot, 'with `--project`');
  if (missing !== undefined) throw new UsageError(missing);
  return { type, name, project: compiledOf(snapshot).projects.get(undefined)?.name };
}

/**
 * Says that a question must name a project, with some to choose from; undefined if there is a
 * default one.
 *
 * @param place where to name it, for example ``with `--project` ``
 */
export function explainMissingProject(snapshot: Snapshot, place: string): string | undefined {
  const { projects } = compiledOf(snapshot);
  if (projects.has(undefined)) return undefined;
  const known = [...projects.keys()].slice(0, MAX_LISTED).map((name) => quote(String(name)));
  return `the registry has ${projects.size} projects, such as ${known.join(', ')}: name one ${place}`;
}

/**
 * Says that a resource is not in the registry. A misspelt name, type or project is the most likely
 * reason.
 */
export function describeUnregistered(
  snapshot: Snapshot<FeastVocabulary>,
  { type, name, project }: ResourceOf<FeastVocabulary>,
): string {
  const { projects } = compiledOf(snapshot);
  const registered = projects.get(project)?.resources;
  const known = registered?.namesOf(type) ?? [];
  const others = registered?.typesOf(name) ?? [];
  const slash = name.indexOf('/');
  let hint = didYouMean(name, Array.from(known).slice(0, MAX_COMPARED));
  if (others.length > 0)
    hint = `; it has ${others.map((one) => quote(`${one}:${name}`)).join(', ')}`;
  else if (slash > 0 && projects.has(name.slice(0, slash))) {
    hint = `; write the name as ${quote(name.slice(slash + 1))}, and the project apart`;
  }
  return `${type} ${quote(name)} is not in the registry, so its tags are not known${hint}`;
}
