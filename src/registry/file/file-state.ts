import { stat } from 'node:fs/promises';

/** What the file system says about a file. */
export interface FileState {
  /** Differs when the file may hold something else. */
  readonly fingerprint: string;
  /**
   * Whether it was changed so shortly before that another change may leave the same fingerprint.
   */
  readonly isRecent: boolean;
}

/** The coarsest clocks of file systems count in steps of two seconds. */
const CLOCK_STEP_MS = 2000;

/**
 * Reads the state of a file. A file that is missing or cannot be looked at has a state too.
 *
 * Times are compared for equality: a restored copy is older than what it replaces.
 */
export async function readFileState(path: string): Promise<FileState> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs, mtimeMs, ctimeMs } = await stat(path, {
      bigint: true,
    });
    const changed = Math.max(Number(mtimeMs), Number(ctimeMs));
    return {
      fingerprint: [dev, ino, size, mtimeNs, ctimeNs].join(),
      isRecent: changed > Date.now() - CLOCK_STEP_MS,
    };
  } catch (error) {
    return { fingerprint: String((error as NodeJS.ErrnoException).code), isRecent: false };
  }
}
