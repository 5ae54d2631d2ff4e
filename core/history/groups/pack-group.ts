import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { packLate, unpackLate } from '../late/pack-late.ts';
import type { ReadingId } from '../reading.ts';
import type { GroupReading } from './read-group.ts';

/** The format of a group's result. For a reader that doesn't know it the group is late. */
const FORMAT = 1;

interface PackedGroup {
  format: number;
  lanes: number;
  bad_lanes: number;
  /** Policy, packets, bytes, estimated bytes, active flows, late spans. */
  policies: [string, string, string, string, number, string | null][];
  /** In columns. Instants in milliseconds before the reading. */
  seen: {
    sk: string[];
    heard_before: number[];
    covered_before: number[];
    sent_before: number[];
    parts: number[];
    interval_s: number[];
  };
}

/** Packs the result of a group. The packed bytes of lanes are left out: the samples have them. */
export function packGroup(
  { lanes, bad_lanes, policies, seen }: GroupReading,
  reading: ReadingId,
): Uint8Array {
  const columns = [...seen.values()];
  const packed: PackedGroup = {
    format: FORMAT,
    lanes,
    bad_lanes,
    policies: Array.from(policies, ([id, { packets, bytes, estimated_bytes = 0n, active_flows, late }]) => [
      id,
      String(packets),
      String(bytes),
      String(estimated_bytes),
      active_flows,
      packLate({ ...(late && { late }) }) ?? null,
    ]),
    seen: {
      sk: [...seen.keys()],
      heard_before: columns.map(({ heard_at }) => reading.taken_at - heard_at),
      covered_before: columns.map(({ covered_to }) => reading.minute - covered_to),
      sent_before: columns.map(({ sent_at_ms }) => reading.taken_at - sent_at_ms),
      parts: columns.map(({ parts }) => parts),
      interval_s: columns.map(({ interval_s }) => interval_s),
    },
  };
  return deflateRawSync(JSON.stringify(packed));
}

/** Unpacks the result of {@link packGroup}; undefined if a later release wrote it. */
export function unpackGroup(data: Uint8Array, { minute, taken_at }: ReadingId): GroupReading | undefined {
  const packed = JSON.parse(inflateRawSync(data).toString()) as PackedGroup;
  if (packed.format !== FORMAT) return undefined;
  const { lanes, bad_lanes, policies, seen } = packed;
  return {
    lanes,
    bad_lanes,
    policies: new Map(
      policies.map(([id, packets, bytes, estimated, active_flows, late]) => [
        id,
        {
          at: minute,
          taken_at,
          packets: BigInt(packets),
          bytes: BigInt(bytes),
          ...(estimated !== '0' && { estimated_bytes: BigInt(estimated) }),
          active_flows,
          ...unpackLate(late ?? undefined),
        },
      ]),
    ),
    seen: new Map(
      seen.sk.map((sk, index) => [
        sk,
        {
          heard_at: taken_at - seen.heard_before[index]!,
          covered_to: minute - seen.covered_before[index]!,
          sent_at_ms: taken_at - seen.sent_before[index]!,
          parts: seen.parts[index]!,
          interval_s: seen.interval_s[index]!,
        },
      ]),
    ),
  };
}
