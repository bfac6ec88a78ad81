import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the project, with a final slash. */
const PROJECT_ROOT: string = fileURLToPath(new URL('../../', import.meta.url));

const NOT_OURS = new Set(['.git', 'node_modules', 'dist', 'coverage', '.build']);

/**
 * Every file that belongs to the project, as a path from its root with `/` between folders, sorted.
 */
export function listProjectFiles(folder = ''): readonly string[] {
  return readdirSync(join(PROJECT_ROOT, folder), { withFileTypes: true })
    .filter((entry) => !NOT_OURS.has(entry.name))
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return listProjectFiles(path);
      return entry.isFile() ? [path] : [];
    })
    .sort();
}

/** The text of one file of the project. */
export function readProjectFile(path: string): string {
  return readFileSync(join(PROJECT_ROOT, path), 'utf8');
}
