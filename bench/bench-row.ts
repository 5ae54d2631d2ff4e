export type { BenchRow } from '../scripts/docs/bench-results.ts';

/** Of a row that is compared with nothing. */
export const NO_PEER = { peer: '', peer_value: null, ratio: null } as const;
