import { grown } from '../foundation/grown.js';
import { NameSignatures } from '../matchers/index.js';
import { ResourceIndex } from './resource-index.js';

const INITIAL = 16;

/**
 * The types and names of all resources that a project has, or had in an earlier snapshot of the
 * lineage. Each has a number for good, and numbers only grow.
 */
export class ResourceNames {
  readonly index: ResourceIndex = new ResourceIndex();
  /** By number. */
  readonly names: string[] = [];
  readonly signatures: NameSignatures = new NameSignatures();
  #typeIds = new Uint8Array(INITIAL);

  get count(): number {
    return this.names.length;
  }

  typeId(number: number): number {
    return this.#typeIds[number] as number;
  }

  /** @returns the number of a resource that has none yet */
  add(type: string, typeId: number, name: string): number {
    const number = this.names.push(name) - 1;
    this.index.set(type, typeId, name, number);
    if (number >= this.#typeIds.length) {
      this.#typeIds = grown(this.#typeIds, Math.max(INITIAL, 2 * number));
    }
    this.#typeIds[number] = typeId;
    this.signatures.add(name);
    return number;
  }

  /** Gives back what was reserved for more names. */
  trim(): void {
    this.#typeIds = this.#typeIds.slice(0, this.count);
    this.signatures.trim();
  }
}
