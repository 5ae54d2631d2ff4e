import { randomBytes } from 'node:crypto';

const SUFFIX_BYTES = 8;

export const PATH_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[0-9a-f]{16}$/;

/**
 * A new path's id: its source site's id, a dot and a random suffix. So one strongly consistent read
 * finds a path by its id, and a path needs no third item (docs/decisions/031).
 */
export function newPathId(sourceSiteId: string): string {
  return `${sourceSiteId}.${randomBytes(SUFFIX_BYTES).toString('hex')}`;
}

/** The site whose partition contains the path. */
export function sourceSiteOf(pathId: string): string {
  return pathId.slice(0, pathId.indexOf('.'));
}
