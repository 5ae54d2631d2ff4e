import { type FlowKey, unpackFlowKey } from '../policy/flow-key.ts';
import { rfc3339 } from '../time/rfc3339.ts';
import type { FlowRecord } from '../totals/flow-record.ts';
import { CARRY, type PairTotals } from '../totals/pair-totals.ts';
import {
  BYTES_DOUBLE,
  ENTRY_DOUBLES,
  ENTRY_WORDS,
  LAST_DOUBLE,
  MAX_INTERVAL_PACKETS,
  PACKETS_WORD,
  PAIR_WORD,
} from './flow-entry.ts';
import type { FlowTable } from './flow-table.ts';
import { IntervalSpill, type UnlistedFlows } from './interval-spill.ts';

/**
 * The content of one exported flow record; counts may be of any size.
 */
export interface FlowCounts {
  packets: bigint;
  bytes: bigint;
  first_ms: number;
  last_ms: number;
}

/** Names of what the entries of a flow table have as indexes. */
interface Names {
  totals: PairTotals;
  /** Ids of endpoints by their index in packed keys. */
  endpoints: readonly string[];
}

/**
 * The flows' increments of the current interval: of flows in the table, which has them in its
 * entries, and of flows that left it, in the spill.
 */
export class IntervalFlows {
  readonly #table: FlowTable;
  readonly #names: Names;
  readonly #spill = new IntervalSpill();

  constructor(table: FlowTable, names: Names) {
    this.#table = table;
    this.#names = names;
  }

  /** Adds counts of any size to an entry. */
  add(entry: number, { packets, bytes, first_ms, last_ms }: FlowCounts): void {
    const base = entry * ENTRY_WORDS;
    const doubles = entry * ENTRY_DOUBLES;
    const fits = packets < 2n ** 31n && bytes < 2n ** 52n;
    const packetsAfter = this.#table.words[base + PACKETS_WORD]! + Number(packets);
    const bytesAfter = this.#table.doubles[doubles + BYTES_DOUBLE]! + Number(bytes);
    if (!fits || packetsAfter > MAX_INTERVAL_PACKETS || bytesAfter > CARRY) {
      this.spill(entry);
    }
    const last = this.#table.doubles[doubles + LAST_DOUBLE]!;
    this.#table.doubles[doubles + LAST_DOUBLE] = Math.max(last, last_ms);
    if (!fits) {
      this.#spill.add({
        ...this.#keyOf(entry),
        packets,
        bytes,
        first: rfc3339(first_ms),
        last: rfc3339(last_ms),
      });
      return;
    }
    const first =
      this.#table.words[base + PACKETS_WORD] === 0 ? first_ms : Math.min(this.#table.first[entry]!, first_ms);
    this.#table.first[entry] = first;
    this.#table.words[base + PACKETS_WORD]! += Number(packets);
    this.#table.doubles[doubles + BYTES_DOUBLE]! += Number(bytes);
  }

  /** Moves an entry's increment to the spill, if it has one. */
  spill(entry: number): void {
    if (this.#table.words[entry * ENTRY_WORDS + PACKETS_WORD]! > 0) {
      this.#spill.add(this.#recordOf(entry));
      this.#clear(entry);
    }
  }

  /** Returns all increments and clears them. */
  take(): { flows: FlowRecord[]; unlisted: UnlistedFlows[] } {
    const { listed: flows, unlisted } = this.#spill.take();
    for (const entry of this.#table.entries()) {
      if (this.#table.words[entry * ENTRY_WORDS + PACKETS_WORD]! > 0) {
        flows.push(this.#recordOf(entry));
        this.#clear(entry);
      }
    }
    return { flows, unlisted };
  }

  #clear(entry: number): void {
    this.#table.words[entry * ENTRY_WORDS + PACKETS_WORD] = 0;
    this.#table.doubles[entry * ENTRY_DOUBLES + BYTES_DOUBLE] = 0;
  }

  #recordOf(entry: number): FlowRecord {
    return {
      ...this.#keyOf(entry),
      packets: BigInt(this.#table.words[entry * ENTRY_WORDS + PACKETS_WORD]!),
      bytes: BigInt(this.#table.doubles[entry * ENTRY_DOUBLES + BYTES_DOUBLE]!),
      first: rfc3339(this.#table.first[entry]!),
      last: rfc3339(this.#table.doubles[entry * ENTRY_DOUBLES + LAST_DOUBLE]!),
    };
  }

  #keyOf(entry: number): FlowKey & { policy_id: string; endpoint_id: string } {
    const { totals, endpoints } = this.#names;
    const base = entry * ENTRY_WORDS;
    const word = this.#table.words[base + PAIR_WORD]!;
    const { policy_id, endpoint } = totals.pairs[word < 0 ? ~word : word]!;
    return { policy_id, endpoint_id: endpoints[endpoint]!, ...unpackFlowKey(this.#table.words, base) };
  }
}
