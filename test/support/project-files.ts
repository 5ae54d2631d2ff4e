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

/** Public captures that may be next to the project; a bare clone lacks them. */
export const SHARED_CAPTURES = projectFile('../shared/data/captures/');

/**
 * Small captures and flow records that were once miscounted, each with the right counts; a bare
 * clone lacks them.
 */
export const SHARED_INPUTS = projectFile('../shared/data/inputs/');
