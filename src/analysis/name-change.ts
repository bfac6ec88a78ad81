import type { CompiledSnapshot } from '../engine/index.js';
import type { Subject } from '../model/index.js';
import { allowsEach, allowsOne, type ChangedRights } from './access-change.js';
import { permissionSetOf } from './snapshot-access.js';

/** Rights on a name that neither version has registered, gained or lost. */
export interface NameChange extends ChangedRights {
  readonly project: string | null;
  readonly types: readonly string[];
  /** A name that one version allows and the other refuses. */
  readonly name: string;
}

/** A question about unregistered names that was given up. */
export interface UndecidedNames {
  readonly project: string | null;
  readonly types: readonly string[];
  readonly actions: readonly string[];
  readonly reason: string;
}

/**
 * Whether the engine confirms that `wide` allows a subject something on a name, and `narrow`
 * refuses it.
 */
export function nameWitness(
  narrow: CompiledSnapshot,
  wide: CompiledSnapshot,
  project: string | undefined,
  types: readonly string[],
  name: string,
): (subject: Subject | null, actions: readonly string[]) => boolean {
  return (subject, actions) =>
    types.every((type) => {
      const resource = project === undefined ? { type, name } : { type, name, project };
      const [narrowSet, wideSet] = [
        permissionSetOf(narrow, resource),
        permissionSetOf(wide, resource),
      ];
      return (
        allowsEach(wide, wideSet, subject, actions) &&
        actions.every((action) => !allowsOne(narrow, narrowSet, subject, action))
      );
    });
}
