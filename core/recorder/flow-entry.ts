/** 32-bit words of one entry: 64 bytes, one cache line. It begins with the key's ten words. */
export const ENTRY_WORDS = 16;
/** Word of an entry: packets of this interval. */
export const PACKETS_WORD = 14;
/** The most packets of an interval that an entry has room for. */
export const MAX_INTERVAL_PACKETS = 2 ** 31 - 1;
/**
 * Word of an entry: index of its (policy, endpoint) pair; `~index` when it has to be matched again.
 */
export const PAIR_WORD = 15;
/** 64-bit floats of one entry, over the same memory. */
export const ENTRY_DOUBLES = 8;
/** Float of an entry: time of its last packet, milliseconds since the epoch. */
export const LAST_DOUBLE = 5;
/** Float of an entry: bytes of this interval. */
export const BYTES_DOUBLE = 6;
/** Word of an entry: the key's protocol, family and endpoint; 0 in a free place. */
export const META_WORD = 3;
