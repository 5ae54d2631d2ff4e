import { basename } from 'node:path';

/**
 * The build of the packaged program writes it in; it is not defined when the program runs from its
 * sources.
 */
declare const PATRONUS_EDGE_VERSION: string;

/**
 * The version that the packaged program was built with; undefined when it runs from its sources.
 */
export const PACKAGED_VERSION = typeof PATRONUS_EDGE_VERSION === 'string' ? PATRONUS_EDGE_VERSION : undefined;

/** What a person types to run the edge program, before the command's own words. */
export const PROGRAM =
  PACKAGED_VERSION === undefined
    ? 'npm run edge --'
    : `node ${basename(process.argv[1] ?? 'patronus-edge.mjs')}`;
