import { fnv1a } from '../../core/hash.ts';

/** A pseudo-random sequence of numbers, the same for the same seed. */
export interface Random {
  /** 0 ≤ x < 1. */
  next(): number;
  /** Whole number, min ≤ x ≤ max. */
  whole(min: number, max: number): number;
  /** Standard normal. */
  normal(): number;
  /**
   * Pareto: at least `min`; a smaller `shape` gives a heavier tail; the mean is finite if `shape`
   * is above 1.
   */
  pareto(min: number, shape: number): number;
  /** Poisson: the number of events with this mean. */
  poisson(mean: number): number;
  /** An item by weight. */
  pick<T extends { weight: number }>(items: readonly T[]): T;
}

/**
 * Seeded by a text: a Weyl sequence through MurmurHash3's finalizer; the rest are textbook
 * transforms.
 */
export function seededRandom(seed: string): Random {
  let state = fnv1a(seed);

  function next(): number {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  }

  function normal(): number {
    return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  }

  return {
    next,
    normal,
    whole: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pareto: (min, shape) => min / (1 - next()) ** (1 / shape),
    poisson(mean) {
      // For large means, a normal distribution is a good approximation and needs one draw instead
      // of many.
      if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
      const limit = Math.exp(-mean);
      let events = 0;
      for (let product = next(); product > limit; product *= next()) events++;
      return events;
    },
    pick(items) {
      let rest = next() * items.reduce((sum, { weight }) => sum + weight, 0);
      for (const item of items) {
        rest -= item.weight;
        if (rest < 0) return item;
      }
      return items.at(-1)!;
    },
  };
}
