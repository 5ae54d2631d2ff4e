import { hourOf } from '../../core/ledger/lane/hour-of.ts';
import type { Lane } from '../../core/ledger/lane/lane.ts';
import { NO_RATE } from '../../core/ledger/lane/pair-rate.ts';
import { laneKey } from '../../core/ledger/lane-keys.ts';
import { encodeLane } from '../../core/ledger/packing/lane-codec.ts';
import { pairKey } from '../../core/totals/pair-key.ts';

/** The item of the lane of an edge with pairs of so many policies. */
export function laneItem(index: number, { policies, now }: { policies: number; now: number }) {
  const edge_id = `edge-${index}`;
  const pairs = Array.from({ length: policies }, (_, policy) => {
    const packets = BigInt(index + 1) * BigInt(policy + 1) * 987_654n;
    const pair = {
      policy_id: String(policy + 1),
      endpoint_id: policy % 2 ? 'wan1' : 'wan2',
      packets,
      bytes: packets * 812n,
      active_flows: (index + policy) % 40,
      rate: NO_RATE,
      earlier_packets: packets * 30n,
      earlier_bytes: packets * 24_000n,
      estimated: false,
      earlier_estimated: 0n,
      seq: 4242,
      named_hour: hourOf(now),
    };
    return [pairKey(pair), pair] as const;
  });
  const lane: Lane = {
    edge_id,
    part: 0,
    site_id: '550e8400-e29b-41d4-a716-446655440000',
    policies_version: '17',
    interval_s: 60,
    boot_id: '01JABCDEFGHJKMNPQRSTVWXYZ0',
    seq: 4242,
    parts: 1,
    sent_at_ms: now,
    first_heard_at_ms: now - 86_400_000,
    last_heard_at_ms: now,
    slot: 0,
    parts_before: 0,
    idle_version: 0,
    pairs: new Map(pairs),
    paths: new Map(),
  };
  return { ...laneKey(edge_id, 0), version: 1, data: encodeLane(lane) };
}
