/** The counters that contain a lane's counts. */
export interface CountedIn {
  /**
   * 0: the counters that a system begins with. Any other number is random, so that no two
   * generations have the same.
   */
  readonly generation: number;
  /** While the lane moves into counters that are rebuilt. */
  readonly moving?: Moving | undefined;
}

/** How far a lane has moved. */
export interface Moving {
  /** The generation that it moves to. */
  readonly to: number;
  /**
   * The highest policy id that has moved, in the order of UTF-16 units. It and all lower ids are
   * counted in `to`.
   */
  readonly through: string;
}

/** The counters of lanes that name no others. */
export const FIRST_GENERATION: CountedIn = { generation: 0 };

/**
 * The generation that contains a lane's counts of a policy, also of one that the lane has not
 * counted yet.
 */
export function generationOf({ generation, moving }: CountedIn, policy_id: string): number {
  return moving && policy_id <= moving.through ? moving.to : generation;
}
