import type { PathCounts } from '../../totals/path-counts.ts';
import { estimatedOf } from './boot-counts.ts';
import { type IdlePairs, validIdlePairs } from './idle-pairs.ts';
import type { Lane, LanePair } from './lane.ts';
import { bitRate, NO_RATE, packetRate, ratedPairs } from './pair-rate.ts';

/** A lane with its idle pairs: both together are all counts of its edge and part. */
export interface WholeLane extends Lane {
  readonly idle: IdlePairs;
}

/** The counts of a pair over all boots, and its present gauges. */
export interface PairSum {
  policy_id: string;
  endpoint_id: string;
  packets: bigint;
  bytes: bigint;
  /** The part of the bytes that is estimated: counts that were scaled from samples. */
  estimated_bytes: bigint;
  active_flows: number;
  /**
   * Bits and thousandths of a packet a second between the last two reports; 0 also if they aren't
   * known.
   */
  bit_rate: number;
  packet_rate: number;
  /** 1 if the rates are known, else 0. */
  rated_pairs: number;
}

export interface PathSum extends PathCounts {
  path_id: string;
}

/** All counts of the lane's edge and part, over all boots. */
export function laneTotals(lane: WholeLane): PairSum[] {
  const totals = Array.from(lane.pairs.values(), pair => pairSum(pair, pair));
  for (const pair of validIdlePairs(lane)) totals.push(pairSum(pair, NO_GAUGES));
  return totals;
}

/** The counts of the current boot, all pairs together. */
export function bootTotals(lane: WholeLane): { packets: bigint; bytes: bigint } {
  const total = { packets: 0n, bytes: 0n };
  const add = ({ packets, bytes }: { packets: bigint; bytes: bigint }): void => {
    total.packets += packets;
    total.bytes += bytes;
  };
  for (const pair of lane.pairs.values()) add(pair);
  for (const pair of validIdlePairs(lane)) {
    if (pair.boot_id === lane.boot_id) add(pair);
  }
  return total;
}

const NO_GAUGES = { active_flows: 0, rate: NO_RATE };

type PairCounts = Omit<LanePair, keyof typeof NO_GAUGES | 'seq' | 'named_hour'>;

function pairSum(pair: PairCounts, { active_flows, rate }: typeof NO_GAUGES): PairSum {
  return {
    policy_id: pair.policy_id,
    endpoint_id: pair.endpoint_id,
    packets: pair.packets + pair.earlier_packets,
    bytes: pair.bytes + pair.earlier_bytes,
    estimated_bytes: pair.earlier_estimated + estimatedOf(pair),
    active_flows,
    bit_rate: bitRate(rate),
    packet_rate: packetRate(rate),
    rated_pairs: ratedPairs(rate),
  };
}

/** The traffic that the lane's edge sent and received on its paths, over all boots. */
export function lanePathTotals(lane: Lane): PathSum[] {
  return Array.from(lane.paths.values(), ({ path_id, current, earlier }) => ({
    path_id,
    tx_packets: current.tx_packets + earlier.tx_packets,
    tx_bytes: current.tx_bytes + earlier.tx_bytes,
    rx_packets: current.rx_packets + earlier.rx_packets,
    rx_bytes: current.rx_bytes + earlier.rx_bytes,
  }));
}
