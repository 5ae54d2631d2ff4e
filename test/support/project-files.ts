import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The absolute path of a file of this project, given from its top folder. */
export function projectFile(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** The text of a file of this project. */
export function projectText(path: string): string {
  return readFileSync(projectFile(path), 'utf8');
}

/** Public captures that may lie beside the project; they are absent in a bare clone. */
export const SHARED_CAPTURES = projectFile('../shared/data/captures/');

/**
 * Small captures and flow records that came out wrong once, each with what is right; absent in a
 * bare clone.
 */
export const SHARED_INPUTS = projectFile('../shared/data/inputs/');
