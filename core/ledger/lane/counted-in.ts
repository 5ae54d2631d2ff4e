/** The counters that a lane's counts are in. */
export interface CountedIn {
  /**
   * 0: the counters that a system begins with; any other number is random, so that no two
   * generations have one.
   */
  readonly generation: number;
  /** While the lane moves into counters that are built anew. */
  readonly moving?: Moving | undefined;
}

/** How far a lane has moved. */
export interface Moving {
  /** The generation that it moves to. */
  readonly to: number;
  /**
   * The last policy id that has moved; it and all ids before it, in the order of UTF-16 units, are
   * counted in `to`.
   */
  readonly through: string;
}

/** Where lanes are counted that say nothing else. */
export const FIRST_GENERATION: CountedIn = { generation: 0 };

/**
 * The generation that a lane's counts of a policy are in, whether the lane has counted it already
 * or not.
 */
export function generationOf({ generation, moving }: CountedIn, policy_id: string): number {
  return moving && policy_id <= moving.through ? moving.to : generation;
}
