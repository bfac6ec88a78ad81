import {
  ALL_FEATURE_VIEW_TYPES,
  type FeastAction,
  type FeastType,
  quote,
  type Resource,
  ResourceNotFoundError,
} from '../../model/index.js';
import type { ViewPin } from '../../registry/relations.js';
import type { AnyRequirement } from '../gate.js';
import { findNamed } from './named-resources.js';
import type { RequestContext } from './request-context.js';
import { unknownAs } from './unknown-names.js';

/** Views that are added between two pauses, about a millisecond. */
const WORK_PER_STEP = 2000;
/** A version is decoded when it is first asked for. */
const WORK_OF_VERSION = 50;

/** A view that is read, at one of its versions or as it is. */
export interface ViewReference {
  readonly view: string;
  readonly version?: number | undefined;
}

/**
 * Collects the views that a request reads, with all that they compute from: an on-demand view is
 * read together with its source views. A version of a view is read as the history holds it, and
 * counts as the view as it is, too.
 *
 * @source Feast 0.66.0 and 0.67.0, what it checks when a view is read; differs: of a version it
 *   checks the version alone, and looks it up before it checks anything
 */
export class ReadViews {
  readonly #request: RequestContext;
  readonly #project: string;
  readonly #actions: readonly FeastAction[];
  /** All views and pins, each once. */
  readonly #found = new Set<Resource<FeastType> | ViewPin>();
  // Most requests have none of these, and each asks for views.
  #pinned: Set<string> | undefined;
  #versions: Set<Resource<FeastType>> | undefined;
  #missing: ResourceNotFoundError | undefined;
  /** Since the last pause: views that were added, and versions that were read. */
  #work = 0;

  constructor(
    request: RequestContext,
    project: string,
    actions: readonly FeastAction[] = request.endpoint.actions,
  ) {
    this.#request = request;
    this.#project = project;
    this.#actions = actions;
  }

  /** @throws ResourceNotFoundError when the view is not known */
  addReference(
    { view, version }: ViewReference,
    types: readonly FeastType[] = ALL_FEATURE_VIEW_TYPES,
  ): void {
    this.addViews(findNamed(this.#request, this.#project, types, view, this.#actions));
    if (version !== undefined) this.#addPin({ view, version });
  }

  /**
   * Adds many references, with pauses.
   *
   * @throws ResourceNotFoundError when a view is not known
   */
  *addReferences(references: readonly ViewReference[]): Generator<undefined, void> {
    for (const reference of references) {
      this.addReference(reference);
      if (this.#isPauseDue()) yield;
    }
  }

  addViews(views: readonly Resource<FeastType>[]): void {
    for (const view of views) this.#found.add(view);
    this.#work += views.length;
  }

  #isPauseDue(): boolean {
    if (this.#work < WORK_PER_STEP) return false;
    this.#work = 0;
    return true;
  }

  /**
   * The views of a feature service.
   *
   * @throws ResourceNotFoundError when the relations do not say what the service is made of
   */
  addService(service: Resource<FeastType>): void {
    const { relations } = this.#request;
    const views = relations.viewsOfService(this.#project, service.name);
    if (views === undefined) throw this.#unknownParts(service, 'views');
    this.addViews(views);
    for (const pin of relations.pinsOf(service)) this.#addPin(pin);
  }

  /**
   * What reading all of them asks for, with pauses: first the views as they are, so that who may
   * not read them learns nothing of their versions.
   *
   * @returns empty where nothing was added
   * @throws ResourceNotFoundError when the relations do not say what an on-demand view computes
   *   from
   */
  *requirements(): Generator<undefined, readonly AnyRequirement[]> {
    const actions = this.#actions;
    const views: Resource<FeastType>[] = [];
    // The set grows while it is gone through.
    for (const one of this.#found) {
      if ('version' in one) this.#addVersions(one);
      else {
        views.push(one);
        this.#addSourcesOf(one);
      }
      if (this.#isPauseDue()) yield;
    }
    const needs: AnyRequirement[] = [];
    if (views.length > 0) needs.push({ actions, resources: views });
    if (this.#versions !== undefined) needs.push({ actions, described: [...this.#versions] });
    if (this.#missing !== undefined) needs.push({ missing: this.#missing });
    return needs;
  }

  #addPin(pin: ViewPin): void {
    this.#pinned ??= new Set();
    const key = JSON.stringify([pin.view, pin.version]);
    if (this.#pinned.has(key)) return;
    this.#pinned.add(key);
    this.#found.add(pin);
  }

  #addSourcesOf(view: Resource<FeastType>): void {
    if (view.type !== 'OnDemandFeatureView') return;
    const { relations } = this.#request;
    const sources = relations.sourceViewsOf(this.#project, view.name);
    if (sources === undefined) throw this.#unknownParts(view, 'sources');
    this.addViews(sources);
    for (const pin of relations.pinsOf(view)) this.#addPin(pin);
  }

  #addVersions({ view, version }: ViewPin): void {
    const { relations } = this.#request;
    const name = `version ${version} of view ${quote(view)}`;
    this.#work += WORK_OF_VERSION;
    const found = relations.versionsOf(this.#project, view, version);
    const views = relations.named(this.#project, ALL_FEATURE_VIEW_TYPES, view);
    this.addViews(views);
    if (found.length === 0 || views.length === 0)
      this.#missing ??= new ResourceNotFoundError(`${name} is not known`);
    for (const one of found) {
      this.#versions ??= new Set();
      this.#versions.add(one.view);
      this.addViews(one.sources ?? []);
      for (const pin of one.pins) this.#addPin(pin);
      if (one.sources === undefined) {
        this.#missing ??= new ResourceNotFoundError(`the sources of ${name} are unknown`);
      }
    }
  }

  #unknownParts(of: Resource<FeastType>, parts: string): Error {
    const message = `the ${parts} of ${of.type} ${quote(of.name)} are unknown`;
    return unknownAs(this.#request, new ResourceNotFoundError(message), [of], this.#actions);
  }
}
