import { pairKey } from '../../totals/pair-key.ts';
import { PATH_COUNTS, type PathCounts } from '../../totals/path-counts.ts';
import { hourOf } from '../lane/hour-of.ts';
import { type Lane, type LanePair, type LanePath, NOT_NAMED } from '../lane/lane.ts';
import { type Layout, openPacked, sealPacked } from './packed-item.ts';
import type { PackedReader } from './packed-reader.ts';
import { PackedWriter } from './packed-writer.ts';
import { readString, readStrings, StringTable } from './string-table.ts';

/**
 * A lane as packed binary: 20 pairs with current and earlier totals take under 1 KB, one write unit. Edge and part are not
 * in it: they are the item's key.
 */
export function encodeLane(lane: Lane): Uint8Array {
  const out = new PackedWriter();
  out.text(lane.site_id);
  out.text(lane.policies_version);
  out.text(String(lane.interval_s));
  out.text(lane.boot_id);
  out.number(lane.seq);
  out.number(lane.parts);
  out.time(lane.sent_at_ms);
  out.time(lane.first_heard_at_ms);
  out.time(lane.last_heard_at_ms);
  out.number(lane.slot);
  out.number(lane.parts_before);
  out.number(lane.idle_version);
  writePairs(out, lane);
  out.number(lane.paths.size);
  for (const { path_id, current, earlier } of lane.paths.values()) {
    out.text(path_id);
    for (const count of PATH_COUNTS) out.count(current[count]);
    for (const count of PATH_COUNTS) out.count(earlier[count]);
  }
  return sealPacked(out.bytes());
}

/** @throws PackedDataUnreadable */
export function decodeLane({ edge_id, part }: { edge_id: string; part: number }, data: Uint8Array): Lane {
  return openPacked(data, (input, layout) => {
    const head = {
      edge_id,
      part,
      site_id: input.text(),
      policies_version: input.text(),
      interval_s: Number(input.text()),
      boot_id: input.text(),
      seq: input.number(),
      parts: input.number(),
      sent_at_ms: input.time(),
      first_heard_at_ms: input.time(),
      last_heard_at_ms: input.time(),
      slot: input.number(),
      parts_before: layout === 1 ? 0 : input.number(),
      idle_version: layout === 1 ? 0 : input.number(),
    };
    // Earlier releases kept times of an edge's clock that ran ahead.
    if (layout === 1) head.sent_at_ms = Math.min(head.sent_at_ms, head.last_heard_at_ms);
    return { ...head, pairs: readPairs(input, layout, head), paths: readPaths(input) };
  });
}

type Newest = Pick<Lane, 'seq' | 'last_heard_at_ms'>;

/**
 * When a pair was last named. One byte for a pair of the lane's last report, 0; else one more than the hours since then, and
 * whether and how many reports ago the boot named it.
 */
function writeNaming(out: PackedWriter, { seq, named_hour }: LanePair, newest: Newest): void {
  const hour = hourOf(newest.last_heard_at_ms);
  if (seq === newest.seq && named_hour === hour) {
    out.number(0);
    return;
  }
  out.number(hour - named_hour + 1);
  out.number(seq === NOT_NAMED ? 0 : newest.seq - seq + 1);
}

function readNaming(input: PackedReader, newest: Newest): Pick<LanePair, 'seq' | 'named_hour'> {
  const hour = hourOf(newest.last_heard_at_ms);
  const hours = input.number();
  if (hours === 0) return { seq: newest.seq, named_hour: hour };
  const reports = input.number();
  return { seq: reports === 0 ? NOT_NAMED : newest.seq - reports + 1, named_hour: hour - hours + 1 };
}

/** A pair of an earlier release: what the boot has counted may be from its last report, all else is long out of use. */
function oldNaming(
  { packets, bytes, active_flows }: Pick<LanePair, 'packets' | 'bytes' | 'active_flows'>,
  newest: Newest,
): Pick<LanePair, 'seq' | 'named_hour'> {
  if (packets === 0n && bytes === 0n && active_flows === 0) return { seq: NOT_NAMED, named_hour: 0 };
  return { seq: newest.seq, named_hour: hourOf(newest.last_heard_at_ms) };
}

function writePairs(out: PackedWriter, lane: Lane): void {
  const { pairs } = lane;
  const ids = new StringTable();
  const numbers: number[] = [];
  for (const pair of pairs.values()) numbers.push(ids.add(pair.policy_id), ids.add(pair.endpoint_id));
  ids.write(out);
  out.number(pairs.size);
  let i = 0;
  for (const pair of pairs.values()) {
    out.number(numbers[i++]!);
    out.number(numbers[i++]!);
    out.count(pair.packets);
    out.count(pair.bytes);
    out.number(pair.active_flows);
    out.count(pair.earlier_packets);
    out.count(pair.earlier_bytes);
    writeNaming(out, pair, lane);
  }
}

function readPairs(input: PackedReader, layout: Layout, newest: Newest): Map<string, LanePair> {
  const ids = readStrings(input);
  const pairs = new Map<string, LanePair>();
  for (let left = input.number(); left > 0; left--) {
    const counts = {
      policy_id: readString(input, ids),
      endpoint_id: readString(input, ids),
      packets: input.count(),
      bytes: input.count(),
      active_flows: input.number(),
      earlier_packets: input.count(),
      earlier_bytes: input.count(),
    };
    const naming = layout === 1 ? oldNaming(counts, newest) : readNaming(input, newest);
    pairs.set(pairKey(counts), { ...counts, ...naming });
  }
  return pairs;
}

function readPaths(input: PackedReader): Map<string, LanePath> {
  const paths = new Map<string, LanePath>();
  for (let left = input.number(); left > 0; left--) {
    const path_id = input.text();
    paths.set(path_id, { path_id, current: readCounts(input), earlier: readCounts(input) });
  }
  return paths;
}

function readCounts(input: PackedReader): PathCounts {
  return {
    tx_packets: input.count(),
    tx_bytes: input.count(),
    rx_packets: input.count(),
    rx_bytes: input.count(),
  };
}
