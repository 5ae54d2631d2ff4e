import { ValidationError } from '../errors.ts';
import { endpointOf, type FlowKey, isV6, KEY_WORDS, MAX_ENDPOINTS, packFlowKey } from '../policy/flow-key.ts';
import { compilePolicies, type PolicyMatcher } from '../policy/policy-match.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import type { FlowRecord } from '../totals/flow-record.ts';
import { IdList } from '../totals/id-list.ts';
import { CARRY, PairTotals } from '../totals/pair-totals.ts';
import { type PathCounts, pathCountsOf } from '../totals/path-counts.ts';
import { compilePaths, NO_PATH, type PathEnds, type PathMatcher } from '../totals/path-match.ts';
import { type PolicyTotals, policyTotalsOf } from '../totals/policy-totals.ts';
import type { DistinctFlows } from './distinct-flows.ts';
import {
  BYTES_DOUBLE,
  ENTRY_DOUBLES,
  ENTRY_WORDS,
  LAST_DOUBLE,
  MAX_INTERVAL_PACKETS,
  PACKETS_WORD,
  PAIR_WORD,
} from './flow-entry.ts';
import { FlowTable } from './flow-table.ts';
import { type FlowCounts, IntervalFlows } from './interval-flows.ts';
import type { UnlistedFlows } from './interval-spill.ts';
import { type ExactCounts, exactCounts, type PolicyStats, statsOfPairs } from './policy-stats.ts';

export interface RecorderOptions {
  /** The endpoint that packets enter by unless another one is given. */
  endpoint_id?: string;
  /** Maximum number of known flows; a flow needs some 160 bytes. */
  flow_capacity?: number;
  clock?: Clock;
  /** Collects every flow ever seen, for exact flow counts at any number of flows. */
  distinct_flows?: DistinctFlows;
}

/** The recorder's data for one report. */
export interface RecorderInterval {
  /** Totals since boot of every pair ever seen. */
  policies: PolicyTotals[];
  /** This interval's increments. */
  flows: FlowRecord[];
  /** Sums of increments of flows that left the table in this interval and didn't fit the list. */
  unlisted: UnlistedFlows[];
}

/** Totals over all policies since the start or the last reset. */
export interface TrafficTotals {
  packets: bigint;
  bytes: bigint;
  /** Flows that are known now. */
  flows: number;
}

/**
 * Counts packets by policy and flow, in bounded memory: the seed's collector.
 *
 * `recordV4` and `recordV6` have packed keys as arguments and allocate nothing for a known flow;
 * the policy is matched once per flow. `recordPacket` is for callers that have objects and have
 * matched the policy already. When the flow table is full, it evicts the flow that is idle the
 * longest; counts stay exact.
 *
 * It is one class because its methods share the flow table and the totals.
 */
export class Recorder {
  /**
   * Time of the packet that is recorded next, milliseconds since the epoch: set it before
   * `recordV4` or `recordV6`.
   */
  readonly time_ms = new Float64Array(1);
  readonly #table: FlowTable;
  readonly #totals = new PairTotals();
  readonly #interval: IntervalFlows;
  readonly #baselines = new Map<string, ExactCounts>();
  readonly #endpoints = new IdList();
  readonly #clock: Clock;
  readonly #distinct: DistinctFlows | undefined;
  readonly #key = new Int32Array(KEY_WORDS);
  #matcher: PolicyMatcher = compilePolicies([]);
  /** All paths ever set. */
  readonly #paths = new IdList();
  #pathMatcher: PathMatcher | undefined;
  #evicted = 0;

  constructor({
    endpoint_id = 'wan1',
    flow_capacity = 131_072,
    clock = systemClock,
    distinct_flows,
  }: RecorderOptions = {}) {
    if (!Number.isInteger(flow_capacity) || flow_capacity < 1 || flow_capacity > 2 ** 26) {
      throw new ValidationError(`flow_capacity must be a whole number from 1 to ${2 ** 26}.`);
    }
    this.#table = new FlowTable(flow_capacity);
    this.#endpoints.add(endpoint_id);
    this.#interval = new IntervalFlows(this.#table, { totals: this.#totals, endpoints: this.#endpoints.ids });
    this.#clock = clock;
    this.#distinct = distinct_flows;
  }

  /** The number of flows that were evicted because the table was full. */
  get evictedFlows(): number {
    return this.#evicted;
  }

  /** The index of an endpoint in packed keys; 0 is the recorder's own. */
  endpointIndex(endpoint_id: string): number {
    const isFull = this.#endpoints.ids.length === MAX_ENDPOINTS;
    if (isFull && this.#endpoints.indexOf(endpoint_id) === undefined) {
      throw new ValidationError(`A recorder counts at most ${MAX_ENDPOINTS} endpoints.`);
    }
    return this.#endpoints.add(endpoint_id);
  }

  /**
   * Sets the policies from the next packet on. Known flows are matched again with their next
   * packet.
   */
  setPolicies(matcher: PolicyMatcher): void {
    this.#matcher = matcher;
    this.#matchAllAgain();
  }

  /**
   * Sets the paths from the next packet on. Packets whose outer addresses are those of a path are
   * counted in `pathTotals` as well. Known flows are matched again with their next packet. A path
   * that is left out keeps its totals.
   *
   * @throws ValidationError for ends that are not two addresses of one family
   */
  setPaths(paths: readonly PathEnds[]): void {
    this.#pathMatcher = compilePaths(paths, path_id => this.#paths.add(path_id));
    this.#matchAllAgain();
  }

  /**
   * The traffic sent and received on every path, by path id; totals since boot. Paths without
   * traffic are left out.
   */
  pathTotals(): Map<string, PathCounts> {
    return pathCountsOf(this.#totals, this.#paths.ids);
  }

  #matchAllAgain(): void {
    for (let entry = 0; entry < this.#table.places; entry++) {
      const at = entry * ENTRY_WORDS + PAIR_WORD;
      const pair = this.#table.words[at]!;
      this.#table.words[at] = pair < 0 ? pair : ~pair;
    }
  }

  /**
   * Counts one IPv4 packet. Addresses, `ports` (source << 16 | destination) and `meta` (`metaV4`)
   * are signed 32-bit words; `size` is in layer-3 bytes, up to 2^20; the time is in `time_ms`.
   */
  recordV4(src: number, dst: number, ports: number, meta: number, size: number): void {
    let entry = this.#table.findV4(src, dst, ports, meta);
    if (entry < 0) {
      const key = this.#key.fill(0);
      key[0] = src;
      key[1] = dst;
      key[2] = ports;
      key[3] = meta;
      entry = this.#enter(key, -1);
    }
    this.#count(entry, size);
  }

  /** Counts one IPv6 packet, its packed key at the start of `key`; otherwise as `recordV4`. */
  recordV6(key: Int32Array, size: number): void {
    let entry = this.#table.findV6(key);
    if (entry < 0) {
      entry = this.#enter(key, -1);
    }
    this.#count(entry, size);
  }

  /**
   * Notes that a flow whose two ports are 0 had a whole transport header, which its key can't
   * distinguish from a later fragment. `distinct_flows` uses it.
   */
  noteZeroPorts(key: Int32Array): void {
    this.#distinct?.noteTransport(key);
  }

  /**
   * Counts one packet under a policy that the caller has matched.
   *
   * @example recorder.recordPacket('7', { src: '10.0.0.1', src_port: 51234, dst: '192.0.2.9', dst_port: 443, protocol: 6 }, 1500)
   */
  recordPacket(policy_id: string, flow: FlowKey, size: number, at_ms: number = this.#clock()): void {
    this.time_ms[0] = at_ms;
    packFlowKey(flow, 0, this.#key);
    this.#count(this.#known(this.#totals.indexOf(policy_id, 0, this.#pathSlot(this.#key, 0))), size);
  }

  /**
   * Adds counts of a flow exporter: any number of packets at once. Without a `policy_id` the flow
   * is matched; the default of `endpoint_id` is the recorder's own.
   */
  recordFlow(
    flow: FlowKey,
    counts: FlowCounts,
    { policy_id, endpoint_id }: { policy_id?: string; endpoint_id?: string } = {},
  ): void {
    const endpoint = endpoint_id === undefined ? 0 : this.endpointIndex(endpoint_id);
    this.time_ms[0] = counts.last_ms;
    packFlowKey(flow, endpoint, this.#key);
    const path = this.#pathSlot(this.#key, 0);
    const entry = this.#known(policy_id === undefined ? -1 : this.#totals.indexOf(policy_id, endpoint, path));
    if (this.#table.words[entry * ENTRY_WORDS + PAIR_WORD]! < 0) {
      this.#matchAgain(entry);
    }
    this.#interval.add(entry, counts);
    this.#totals.add(this.#table.words[entry * ENTRY_WORDS + PAIR_WORD]!, counts.packets, counts.bytes);
  }

  /** A policy's counts now; zeros for one that had no traffic. */
  getPolicyStats(policy_id: string): PolicyStats {
    const pairs = this.#totals.ofPolicy(policy_id);
    return statsOfPairs(policy_id, this.#totals, pairs, this.#baselines.get(policy_id));
  }

  /** The counts of every policy that ever had traffic. */
  getAllStats(): PolicyStats[] {
    return this.#totals.policyIds().map(policy_id => this.getPolicyStats(policy_id));
  }

  /** Flows that are known now. */
  activeFlowCount(): number {
    return this.#table.size;
  }

  totals(): TrafficTotals {
    const all = this.getAllStats();
    return {
      packets: all.reduce((sum, stats) => sum + stats.packets_exact, 0n),
      bytes: all.reduce((sum, stats) => sum + stats.bytes_exact, 0n),
      flows: this.#table.size,
    };
  }

  /**
   * Recounts every pair's flows from the table. The numbers are always current, so nothing should
   * change.
   */
  updateFlowCounts(): void {
    this.#totals.activeFlows.fill(0);
    for (const entry of this.#table.entries()) {
      const pair = this.#table.words[entry * ENTRY_WORDS + PAIR_WORD]!;
      this.#totals.activeFlows[pair < 0 ? ~pair : pair]! += 1;
    }
  }

  /**
   * Evicts the flows that were idle for longer than `max_idle_ms` at `now_ms`, and returns how
   * many. Counts stay.
   */
  cleanupStaleFlows(max_idle_ms = 300_000, now_ms: number = this.#clock()): number {
    let removed = 0;
    for (let entry = 0; entry < this.#table.places; ) {
      const last = this.#table.doubles[entry * ENTRY_DOUBLES + LAST_DOUBLE]!;
      if (!this.#table.isFree(entry) && now_ms - last > max_idle_ms) {
        // Another entry may have moved here, so the same place is checked again.
        this.#remove(entry);
        removed += 1;
      } else {
        entry += 1;
      }
    }
    return removed;
  }

  /** Shows a policy's counts from 0 on. It moves a local baseline: reported totals never fall. */
  resetPolicyStats(policy_id: string): void {
    this.#baselines.set(policy_id, exactCounts(this.#totals, this.#totals.ofPolicy(policy_id)));
  }

  /** `resetPolicyStats` for all policies. */
  resetAll(): void {
    for (const policy_id of this.#totals.policyIds()) {
      this.resetPolicyStats(policy_id);
    }
  }

  /** Returns the totals since boot and this interval's flows, and begins a new interval. */
  takeInterval(): RecorderInterval {
    return { policies: policyTotalsOf(this.#totals, this.#endpoints.ids), ...this.#interval.take() };
  }

  /** Hands `takeInterval` to a sink, which stores it before it sends it. */
  storeSnapshot<T>(sink: (interval: RecorderInterval) => T): T {
    return sink(this.takeInterval());
  }

  #count(entry: number, size: number): void {
    const words = this.#table.words;
    const doubles = this.#table.doubles;
    const base = entry * ENTRY_WORDS;
    let pair = words[base + PAIR_WORD]!;
    if (pair < 0) {
      pair = this.#matchAgain(entry);
    }
    let packets = words[base + PACKETS_WORD]!;
    if (packets === 0 || packets === MAX_INTERVAL_PACKETS) {
      packets = this.#beginInterval(entry);
    }
    words[base + PACKETS_WORD] = packets + 1;
    doubles[entry * ENTRY_DOUBLES + LAST_DOUBLE] = this.time_ms[0]!;
    doubles[entry * ENTRY_DOUBLES + BYTES_DOUBLE]! += size;
    const sums = this.#totals.sums;
    const bytes = sums[2 * pair + 1]! + size;
    sums[2 * pair]! += 1;
    sums[2 * pair + 1] = bytes;
    if (bytes >= CARRY) {
      this.#totals.carry(pair);
    }
  }

  /**
   * Begins the counts of an entry in an interval, also when they reach the entry's maximum. Its
   * previous counts go to the spill.
   */
  #beginInterval(entry: number): number {
    this.#interval.spill(entry);
    this.#table.first[entry] = this.time_ms[0]!;
    return 0;
  }

  /** The entry of the key in `#key`, inserted if it is new, under `pair` unless that is −1. */
  #known(pair: number): number {
    const key = this.#key;
    const entry = isV6(key[3]!)
      ? this.#table.findV6(key)
      : this.#table.findV4(key[0]!, key[1]!, key[2]!, key[3]!);
    if (entry < 0) {
      return this.#enter(key, pair);
    }
    if (pair >= 0) {
      this.#moveTo(entry, pair);
    }
    return entry;
  }

  #enter(key: Int32Array, pair: number): number {
    if (this.#table.size === this.#table.capacity) {
      this.#remove(this.#table.longestIdle());
      this.#evicted += 1;
    }
    const under = pair >= 0 ? pair : this.#match(key, 0);
    const entry = this.#table.insert(key);
    this.#table.words[entry * ENTRY_WORDS + PAIR_WORD] = under;
    this.#table.doubles[entry * ENTRY_DOUBLES + LAST_DOUBLE] = this.time_ms[0]!;
    this.#totals.activeFlows[under]! += 1;
    this.#distinct?.add(key, this.#totals.pairs[under]!.policy_id);
    return entry;
  }

  #match(words: Int32Array, base: number): number {
    const policy_id = this.#matcher.policy_ids[this.#matcher.matchPacked(words, base)]!;
    return this.#totals.indexOf(policy_id, endpointOf(words[base + 3]!), this.#pathSlot(words, base));
  }

  #pathSlot(words: Int32Array, base: number): number {
    return this.#pathMatcher?.matchPacked(words, base) ?? NO_PATH;
  }

  #matchAgain(entry: number): number {
    const pair = this.#match(this.#table.words, entry * ENTRY_WORDS);
    this.#moveTo(entry, pair);
    return pair;
  }

  /** Moves a flow to another pair. Its counts of this interval stay with the previous pair. */
  #moveTo(entry: number, pair: number): void {
    const at = entry * ENTRY_WORDS + PAIR_WORD;
    const had = this.#table.words[at]! < 0 ? ~this.#table.words[at]! : this.#table.words[at]!;
    if (had !== pair) {
      this.#interval.spill(entry);
      this.#totals.activeFlows[had]! -= 1;
      this.#totals.activeFlows[pair]! += 1;
    }
    this.#table.words[at] = pair;
  }

  #remove(entry: number): void {
    this.#interval.spill(entry);
    const pair = this.#table.words[entry * ENTRY_WORDS + PAIR_WORD]!;
    this.#totals.activeFlows[pair < 0 ? ~pair : pair]! -= 1;
    this.#table.remove(entry);
  }
}
