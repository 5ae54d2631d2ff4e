/** The rates of counts whose edges have not yet reported twice at least half a second apart. */
export const NO_RATES = { bit_rate: 0, packet_rate: 0, rated_pairs: 0 } as const;
