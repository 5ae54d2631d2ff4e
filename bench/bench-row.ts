export type { BenchRow } from '../scripts/docs/bench-results.ts';

/** The fields of a row without a peer. */
export const NO_PEER = { peer: '', peer_value: null, ratio: null } as const;
