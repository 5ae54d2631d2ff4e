import { MAX_ENDPOINTS } from '../policy/flow-key.ts';

/**
 * The low part of a sum stays below this, so that adding a packet, or any increment up to 2^52, is
 * exact.
 */
export const CARRY = 2 ** 52;

const CARRY_BIG = BigInt(CARRY);

/** The value of a sum in two parts, `carried · 2^52 + low`. */
function exact(carried: number, low: number): bigint {
  return BigInt(carried) * CARRY_BIG + BigInt(low);
}

/** A policy's pairs: as a list, to sum them, and by endpoint and path slot, to find one. */
interface PolicyPairs {
  indexes: number[];
  byPlace: Map<number, number>;
}

/**
 * Totals since boot of every (policy, endpoint) pair, separate for each path and direction, by pair
 * index: `sums` and `carried` have two floats a pair, packets and bytes. A total is
 * `carried · 2^52 + sums`, so it stays exact far beyond 2^53. Code that adds to `sums` calls
 * `carry` when one has reached `CARRY`.
 */
export class PairTotals {
  sums = new Float64Array(32);
  carried = new Float64Array(32);
  activeFlows = new Int32Array(16);
  readonly pairs: { policy_id: string; endpoint: number; path: number }[] = [];
  readonly #byPolicy = new Map<string, PolicyPairs>();

  /** The index of a pair, which is added if it is new; `path` is a slot of path-match.ts. */
  indexOf(policy_id: string, endpoint: number, path: number): number {
    const found = this.#byPolicy.get(policy_id)?.byPlace.get(placeOf(endpoint, path));
    return found ?? this.#add({ policy_id, endpoint, path });
  }

  /** Indexes of a policy's pairs; none for a policy without traffic. */
  ofPolicy(policy_id: string): readonly number[] {
    return this.#byPolicy.get(policy_id)?.indexes ?? [];
  }

  policyIds(): string[] {
    return [...this.#byPolicy.keys()];
  }

  packets(pair: number): bigint {
    return exact(this.carried[2 * pair]!, this.sums[2 * pair]!);
  }

  bytes(pair: number): bigint {
    return exact(this.carried[2 * pair + 1]!, this.sums[2 * pair + 1]!);
  }

  /** Moves multiples of `CARRY` to the carried part. */
  carry(pair: number): void {
    for (const place of [2 * pair, 2 * pair + 1]) {
      while (this.sums[place]! >= CARRY) {
        this.sums[place]! -= CARRY;
        this.carried[place]! += 1;
      }
    }
  }

  /** Adds counts of any size. */
  add(pair: number, packets: bigint, bytes: bigint): void {
    for (const [place, count] of [
      [2 * pair, packets],
      [2 * pair + 1, bytes],
    ] as const) {
      this.carried[place]! += Number(count / CARRY_BIG);
      this.sums[place]! += Number(count % CARRY_BIG);
    }
    this.carry(pair);
  }

  #add(made: { policy_id: string; endpoint: number; path: number }): number {
    const pair = this.pairs.length;
    const { policy_id, endpoint, path } = made;
    this.pairs.push(made);
    const its: PolicyPairs = this.#byPolicy.get(policy_id) ?? { indexes: [], byPlace: new Map() };
    its.indexes.push(pair);
    its.byPlace.set(placeOf(endpoint, path), pair);
    this.#byPolicy.set(policy_id, its);
    if (pair >= this.activeFlows.length) {
      this.sums = grown(this.sums, new Float64Array(4 * pair));
      this.carried = grown(this.carried, new Float64Array(4 * pair));
      this.activeFlows = grown(this.activeFlows, new Int32Array(2 * pair));
    }
    return pair;
  }
}

/** One number for an endpoint and a path slot. */
function placeOf(endpoint: number, path: number): number {
  return path * MAX_ENDPOINTS + endpoint;
}

function grown<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
