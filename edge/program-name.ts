import { basename } from 'node:path';

/** Set by the build of the packaged program; undefined if the program runs from its sources. */
declare const PATRONUS_EDGE_VERSION: string;

/** The version of the packaged program; undefined if it runs from its sources. */
export const PACKAGED_VERSION = typeof PATRONUS_EDGE_VERSION === 'string' ? PATRONUS_EDGE_VERSION : undefined;

/** The command line that runs the edge program, without its arguments. */
export const PROGRAM =
  PACKAGED_VERSION === undefined
    ? 'npm run edge --'
    : `node ${basename(process.argv[1] ?? 'patronus-edge.mjs')}`;
