/** A sum in two parts, `carried · 2^52 + low`, exact far beyond 2^53. */
export interface TwoPartSum {
  carried: number;
  low: number;
}

/** The low part stays below this, so that adding a packet, or any increment up to 2^52, is exact. */
export const CARRY = 2 ** 52;

const CARRY_BIG = BigInt(CARRY);

export function toExact(sum: TwoPartSum): bigint {
  return BigInt(sum.carried) * CARRY_BIG + BigInt(sum.low);
}

/** Exact below 2^53, rounded above. */
export function toApproximate(sum: TwoPartSum): number {
  return sum.carried * CARRY + sum.low;
}

/**
 * Totals since boot of every (policy, endpoint) pair ever seen, by pair index. `sums` holds two floats a pair, packets
 * and bytes; whoever adds to them calls `carry` when one has reached `CARRY`.
 */
export class PairTotals {
  sums = new Float64Array(32);
  activeFlows = new Int32Array(16);
  readonly pairs: { policy_id: string; endpoint: number }[] = [];
  readonly #carried: number[] = [];
  readonly #byPolicy = new Map<string, number[]>();

  /** The index of a pair, which is made when it is new. */
  indexOf(policy_id: string, endpoint: number): number {
    const known = this.ofPolicy(policy_id);
    const found = known.find(pair => this.pairs[pair]!.endpoint === endpoint);
    return found ?? this.#add(policy_id, endpoint);
  }

  /** Indexes of a policy's pairs, none for one that never had traffic. */
  ofPolicy(policy_id: string): readonly number[] {
    return this.#byPolicy.get(policy_id) ?? [];
  }

  policyIds(): string[] {
    return [...this.#byPolicy.keys()];
  }

  /** Moves what is over `CARRY` to the carried part. */
  carry(pair: number): void {
    for (const place of [2 * pair, 2 * pair + 1]) {
      while (this.sums[place]! >= CARRY) {
        this.sums[place]! -= CARRY;
        this.#carried[place]! += 1;
      }
    }
  }

  /** Adds counts of any size. */
  add(pair: number, packets: bigint, bytes: bigint): void {
    for (const [place, count] of [
      [2 * pair, packets],
      [2 * pair + 1, bytes],
    ] as const) {
      this.#carried[place]! += Number(count / CARRY_BIG);
      this.sums[place]! += Number(count % CARRY_BIG);
    }
    this.carry(pair);
  }

  packets(pair: number): TwoPartSum {
    return { carried: this.#carried[2 * pair]!, low: this.sums[2 * pair]! };
  }

  bytes(pair: number): TwoPartSum {
    return { carried: this.#carried[2 * pair + 1]!, low: this.sums[2 * pair + 1]! };
  }

  #add(policy_id: string, endpoint: number): number {
    const pair = this.pairs.length;
    this.pairs.push({ policy_id, endpoint });
    this.#byPolicy.set(policy_id, [...this.ofPolicy(policy_id), pair]);
    this.#carried.push(0, 0);
    if (pair >= this.activeFlows.length) {
      this.sums = grown(this.sums, new Float64Array(4 * pair));
      this.activeFlows = grown(this.activeFlows, new Int32Array(2 * pair));
    }
    return pair;
  }
}

function grown<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
