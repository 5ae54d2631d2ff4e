import { ValidationError } from '../errors.ts';
import { type FlowKey, KEY_WORDS, packFlowKey } from '../policy/flow-key.ts';
import { DEFAULT_POLICY_ID, type PolicyRule } from '../policy/policy.ts';
import { compilePolicies, type PolicyMatcher } from '../policy/policy-match.ts';
import type { FlowRecord } from '../totals/flow-record.ts';
import { isOtherFlows } from '../totals/other-flows.ts';
import type { LoggedReport } from './flow-log-store.ts';
import { FlowSums, type Sum, type TopFlow } from './top-flows.ts';

/** Two sets of policies that differ in one policy. */
export interface PolicyChange {
  before: readonly PolicyRule[];
  after: readonly PolicyRule[];
  /** The policy that differs; it may be missing in one of the sets. */
  policy_id: string;
}

/** A move from one policy to another. */
export interface Move {
  from: string;
  to: string;
}

/** The traffic of a move. */
export interface MovedSum extends Move, Sum {
  /** Distinct flows. */
  flows: number;
}

export type MovedFlow = Omit<TopFlow, 'policy_id'> & Move;

export interface MovedTraffic {
  /** Sum of the flows that move. */
  moved: Sum & { flows: number };
  /** Most bytes first. */
  moves: MovedSum[];
  /** The largest flows that move. */
  largest: MovedFlow[];
  /** Sum of all examined flows, whether they move or not. */
  judged: Sum;
}

/**
 * Finds the logged flows that would match another policy after a change of policies. The policy
 * under which an edge counted them doesn't matter.
 */
export class MovedFlows {
  readonly #before: PolicyMatcher;
  readonly #after: PolicyMatcher;
  /**
   * Matchers of the changed policy alone, before and after: flows that neither matches don't move.
   */
  readonly #alone: PolicyMatcher[];
  readonly #words = new Int32Array(KEY_WORDS);
  readonly #sums = new FlowSums(() => true);
  readonly #judged: Sum = { packets: 0n, bytes: 0n };

  constructor({ before, after, policy_id }: PolicyChange) {
    this.#before = compilePolicies(before);
    this.#after = compilePolicies(after);
    const versions = [before, after].map(rules => rules.filter(({ id }) => id === policy_id));
    this.#alone = versions.map(compilePolicies);
  }

  /** @throws ValidationError if more distinct flows move than fit */
  add(report: LoggedReport): void {
    const moved: FlowRecord[] = [];
    for (const flow of report.flows) {
      if (isOtherFlows(flow)) continue;
      if (!this.#pack(flow)) continue;
      this.#judged.packets += flow.packets;
      this.#judged.bytes += flow.bytes;
      const move = this.#move();
      // The sums distinguish flows by policy too; here the policy id encodes the move.
      if (move) moved.push({ ...flow, policy_id: textOf(move) });
    }
    this.#sums.add({ ...report, flows: moved });
  }

  /** @param limit number of the largest flows */
  result(limit: number): MovedTraffic {
    const { flows, total, distinct } = this.#sums.largest(limit);
    const moves = Array.from(this.#sums.byPolicy(), ([text, sum]) => ({ ...moveIn(text), ...sum }));
    return {
      moved: { ...total, flows: distinct },
      moves: moves.sort((a, b) => (a.bytes === b.bytes ? 0 : a.bytes < b.bytes ? 1 : -1)),
      largest: flows.map(({ policy_id, ...flow }) => ({ ...flow, ...moveIn(policy_id) })),
      judged: { ...this.#judged },
    };
  }

  /** The move of the flow that was packed last. */
  #move(): Move | undefined {
    if (!this.#alone.some(policy => this.#policyOf(policy) !== DEFAULT_POLICY_ID)) return undefined;
    const move = { from: this.#policyOf(this.#before), to: this.#policyOf(this.#after) };
    return move.from === move.to ? undefined : move;
  }

  /** False if the addresses have different IP versions, for which reports are not refused. */
  #pack(flow: FlowKey): boolean {
    try {
      packFlowKey(flow, 0, this.#words);
      return true;
    } catch (cause) {
      if (cause instanceof ValidationError) return false;
      throw cause;
    }
  }

  #policyOf({ policy_ids, matchPacked }: PolicyMatcher): string {
    return policy_ids[matchPacked(this.#words, 0)]!;
  }
}

// Ids contain no control characters.
const SEPARATOR = '\u0000';

function textOf({ from, to }: Move): string {
  return `${from}${SEPARATOR}${to}`;
}

function moveIn(text: string): Move {
  const [from, to] = text.split(SEPARATOR) as [string, string];
  return { from, to };
}
