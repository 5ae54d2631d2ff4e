/*
 * A pair's traffic a second is one number of at most 28 bits, so that it needs at most four bytes
 * in a packed lane: bits a second in the upper 14 binary digits, thousandths of a packet a second
 * in the lower ones. Each is a small float with 10 significant digits, exact below 1024 and within
 * 0.1 % above. Its value is a whole number, so that sums in the counters are exact and a later
 * subtraction removes exactly what was added. To a known rate 1 is added.
 */

/**
 * The rate isn't known: the pair's boot has reported once, the last report leaves the pair out, or
 * its edge is silent.
 */
export const NO_RATE = 0;

/** Nothing passed between the last two reports. */
const ZERO_RATE = 1;

/** The highest rate of one pair: 1.1 Tbit/s, or 1.1 billion packets a second. */
const MAX_RATE = 1022 * 2 ** 30;

const CODES = 2 ** 14;
/** Values below this are their own code. */
const SMALL = 512;

/** Powers of two by the upper digits of a code; those of 0 and 1 are for values that are exact. */
const SCALES = Array.from({ length: 32 }, (_, exponent) => 2 ** Math.max(0, exponent - 1));

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
/** The upper 20 digits of a double of {@link SMALL}, less its own code. */
const OFFSET = ((1023 + 9) << 9) - SMALL;

/**
 * The rate of a pair's traffic in `ms` milliseconds, more than 0. The rate of some traffic is never
 * 0.
 */
export function packRate(bytes: bigint, packets: bigint, ms: number): number {
  if (packets === 0n && bytes === 0n) return ZERO_RATE;
  return (
    ZERO_RATE + encoded((Number(bytes) * 8000) / ms) * CODES + encoded((Number(packets) * 1_000_000) / ms)
  );
}

/** Bits a second, a whole number; 0 also if it isn't known. */
export function bitRate(rate: number): number {
  return rate <= ZERO_RATE ? 0 : decoded((rate - ZERO_RATE) >>> 14);
}

/** Thousandths of a packet a second, a whole number; 0 also if it isn't known. */
export function packetRate(rate: number): number {
  return rate <= ZERO_RATE ? 0 : decoded((rate - ZERO_RATE) & (CODES - 1));
}

/** 1 if the rate is known, else 0. */
export function ratedPairs(rate: number): number {
  return rate === NO_RATE ? 0 : 1;
}

function encoded(value: number): number {
  if (value < SMALL) return value > 0 ? Math.max(1, Math.round(value)) : 0;
  // A double has its exponent next to its significant digits: rounded to nine digits behind the
  // leading one, they are the code.
  double[0] = Math.min(value, MAX_RATE);
  return ((words[1]! + 0x400) >>> 11) - OFFSET;
}

function decoded(code: number): number {
  return code < SMALL ? code : (SMALL + (code & (SMALL - 1))) * SCALES[code >> 9]!;
}
