import { ValidationError } from '../errors.ts';
import { type FlowKey, KEY_WORDS, packFlowKey } from '../policy/flow-key.ts';
import { DEFAULT_POLICY_ID, type PolicyRule } from '../policy/policy.ts';
import { compilePolicies, type PolicyMatcher } from '../policy/policy-match.ts';
import type { FlowRecord } from '../totals/flow-record.ts';
import { isOtherFlows } from '../totals/other-flows.ts';
import type { LoggedReport } from './flow-log-store.ts';
import { FlowSums, type Sum, type TopFlow } from './top-flows.ts';

/** Two sets of policies that differ in one of them. */
export interface PolicyChange {
  before: readonly PolicyRule[];
  after: readonly PolicyRule[];
  /** The one that differs; it may be missing in one of both. */
  policy_id: string;
}

/** From one policy to another. */
export interface Move {
  from: string;
  to: string;
}

/** What a move takes along. */
export interface MovedSum extends Move, Sum {
  /** Distinct flows. */
  flows: number;
}

export type MovedFlow = Omit<TopFlow, 'policy_id'> & Move;

export interface MovedTraffic {
  /** Those that move, together. */
  moved: Sum & { flows: number };
  /** Most bytes first. */
  moves: MovedSum[];
  /** The largest flows that move. */
  largest: MovedFlow[];
  /** All flows that were looked at, whether they move or not. */
  judged: Sum;
}

/**
 * Finds the logged flows that another policy would take after a change of policies. Which policy an
 * edge counted them under doesn't matter.
 */
export class MovedFlows {
  readonly #before: PolicyMatcher;
  readonly #after: PolicyMatcher;
  /** The policy before and after: what neither matches doesn't move. */
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

  /** @throws ValidationError when more distinct flows move than fit */
  add(report: LoggedReport): void {
    const moved: FlowRecord[] = [];
    for (const flow of report.flows) {
      if (isOtherFlows(flow)) continue;
      if (!this.#pack(flow)) continue;
      this.#judged.packets += flow.packets;
      this.#judged.bytes += flow.bytes;
      const move = this.#move();
      // The sums tell flows apart by their policy too: here it says from where to where.
      if (move) moved.push({ ...flow, policy_id: textOf(move) });
    }
    this.#sums.add({ ...report, flows: moved });
  }

  /** @param limit of the largest flows */
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
    if (!this.#alone.some(policy => this.#takenBy(policy) !== DEFAULT_POLICY_ID)) return undefined;
    const move = { from: this.#takenBy(this.#before), to: this.#takenBy(this.#after) };
    return move.from === move.to ? undefined : move;
  }

  /** False for addresses of two IP versions, which no report is refused for. */
  #pack(flow: FlowKey): boolean {
    try {
      packFlowKey(flow, 0, this.#words);
      return true;
    } catch (cause) {
      if (cause instanceof ValidationError) return false;
      throw cause;
    }
  }

  #takenBy({ policy_ids, matchPacked }: PolicyMatcher): string {
    return policy_ids[matchPacked(this.#words, 0)]!;
  }
}

// No id has control characters.
const BETWEEN = '\u0000';

function textOf({ from, to }: Move): string {
  return `${from}${BETWEEN}${to}`;
}

function moveIn(text: string): Move {
  const [from, to] = text.split(BETWEEN) as [string, string];
  return { from, to };
}
