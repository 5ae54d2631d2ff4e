import { pairKey } from '../../totals/pair-key.ts';
import { PATH_COUNTS, type PathCounts } from '../../totals/path-counts.ts';
import { type CountedIn, FIRST_GENERATION } from '../lane/counted-in.ts';
import { hourOf } from '../lane/hour-of.ts';
import { type Lane, type LanePair, type LanePath, NOT_NAMED } from '../lane/lane.ts';
import { NO_RATE } from '../lane/pair-rate.ts';
import { estimatedPairs, readEstimated, writeEstimated } from './estimated-codec.ts';
import { type Layout, openPacked, sealPacked } from './packed-item.ts';
import type { PackedReader } from './packed-reader.ts';
import { PackedWriter } from './packed-writer.ts';
import { readClock, readReading, writeClock, writeReading } from './reading-codec.ts';
import { readString, readStrings, StringTable } from './string-table.ts';

/**
 * A lane as packed binary: 20 pairs with current and earlier totals and 2 paths with their last
 * measurements are under 1 KB, one write unit. Edge and part are not included: they are the item's
 * key.
 */
export function encodeLane(lane: Lane): Uint8Array {
  const rated = lane.rated_ms !== undefined;
  const measured = rated || hasMeasurements(lane);
  const out = new PackedWriter({ compact: measured });
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
  const estimated = estimatedPairs(lane.pairs.values());
  const layout = rated ? 6 : measured ? 5 : estimated ? 4 : isGenerationZero(lane.counted_in) ? 2 : 3;
  if (layout !== 2) writeCountedIn(out, lane.counted_in);
  if (rated) out.number(lane.rated_ms!);
  writePairs(out, lane);
  out.number(lane.paths.size);
  for (const { path_id, current, earlier, reading } of lane.paths.values()) {
    out.text(path_id);
    for (const count of PATH_COUNTS) out.count(current[count]);
    for (const count of PATH_COUNTS) out.count(earlier[count]);
    if (measured) writeReading(out, reading, lane.last_heard_at_ms);
  }
  if (measured) writeClock(out, lane.clock);
  if (estimated || measured) writeEstimated(out, estimated ?? []);
  return sealPacked(out.bytes(), layout);
}

function hasMeasurements({ clock, paths }: Lane): boolean {
  if (clock) return true;
  for (const { reading } of paths.values()) if (reading) return true;
  return false;
}

function isGenerationZero({ generation, moving }: CountedIn = FIRST_GENERATION): boolean {
  return generation === 0 && !moving;
}

function writeCountedIn(out: PackedWriter, { generation, moving }: CountedIn = FIRST_GENERATION): void {
  out.number(generation);
  out.number(moving ? moving.to : 0);
  if (moving) out.text(moving.through);
}

function readCountedIn(input: PackedReader): CountedIn {
  const generation = input.number();
  const to = input.number();
  return to === 0 ? { generation } : { generation, moving: { to, through: input.text() } };
}

/** Left out for generation 0, as in earlier releases. */
function countedIn(counted_in: CountedIn): Pick<Lane, 'counted_in'> {
  return isGenerationZero(counted_in) ? {} : { counted_in };
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
      ...(layout >= 3 && countedIn(readCountedIn(input))),
      ...(layout === 6 && { rated_ms: input.number() }),
    };
    // Earlier releases stored times of edge clocks that ran ahead.
    if (layout === 1) head.sent_at_ms = Math.min(head.sent_at_ms, head.last_heard_at_ms);
    const pairs = readPairs(input, layout, head);
    const paths = readPaths(input, layout, head);
    const lane = { ...head, pairs, paths, ...(layout >= 5 && readClock(input)) };
    if (layout >= 4) readEstimated(input, lane.pairs);
    return lane;
  });
}

type Newest = Pick<Lane, 'seq' | 'last_heard_at_ms'>;

/**
 * Each pair ends with when it was last named. For a pair of the lane's last report this is one
 * byte, 0. For others it is the hours since then plus 1, and then the reports since then plus 1, or
 * 0 if the boot has not named it.
 */
function writePairs(out: PackedWriter, lane: Lane): void {
  const { pairs, seq } = lane;
  const rated = lane.rated_ms !== undefined;
  const hour = hourOf(lane.last_heard_at_ms);
  const ids = new StringTable();
  const numbers: number[] = [];
  // Pairs of one endpoint follow each other as a rule.
  let endpoint_id: string | undefined;
  let endpoint = 0;
  for (const pair of pairs.values()) {
    numbers.push(ids.add(pair.policy_id));
    if (pair.endpoint_id !== endpoint_id) {
      endpoint_id = pair.endpoint_id;
      endpoint = ids.add(endpoint_id);
    }
    numbers.push(endpoint);
  }
  ids.write(out);
  out.number(pairs.size);
  let i = 0;
  for (const pair of pairs.values()) {
    out.number(numbers[i++]!);
    out.number(numbers[i++]!);
    out.count(pair.packets);
    out.count(pair.bytes);
    out.number(pair.active_flows);
    if (rated) out.number(pair.rate);
    out.count(pair.earlier_packets);
    out.count(pair.earlier_bytes);
    if (pair.seq === seq && pair.named_hour === hour) {
      out.number(0);
      continue;
    }
    out.number(hour - pair.named_hour + 1);
    out.number(pair.seq === NOT_NAMED ? 0 : seq - pair.seq + 1);
  }
}

function readPairs(input: PackedReader, layout: Layout, newest: Newest): Map<string, LanePair> {
  const last_hour = hourOf(newest.last_heard_at_ms);
  const ids = readStrings(input);
  const pairs = new Map<string, LanePair>();
  for (let left = input.number(); left > 0; left--) {
    const policy_id = readString(input, ids);
    const endpoint_id = readString(input, ids);
    const packets = input.count();
    const bytes = input.count();
    const active_flows = input.number();
    const rate = layout === 6 ? input.number() : NO_RATE;
    const earlier_packets = input.count();
    const earlier_bytes = input.count();
    let { seq } = newest;
    let named_hour = last_hour;
    if (layout === 1) {
      // Pairs that the boot has counted may be from its last report; others have long been unused.
      if (packets === 0n && bytes === 0n && active_flows === 0) {
        seq = NOT_NAMED;
        named_hour = 0;
      }
    } else {
      const hours = input.number();
      if (hours > 0) {
        named_hour = last_hour - hours + 1;
        const reports = input.number();
        seq = reports === 0 ? NOT_NAMED : seq - reports + 1;
      }
    }
    // Written out: a spread costs more, and this runs for each pair of each report.
    const pair: LanePair = {
      policy_id,
      endpoint_id,
      packets,
      bytes,
      active_flows,
      rate,
      earlier_packets,
      earlier_bytes,
      estimated: false,
      earlier_estimated: 0n,
      seq,
      named_hour,
    };
    pairs.set(pairKey(pair), pair);
  }
  return pairs;
}

function readPaths(input: PackedReader, layout: Layout, { last_heard_at_ms }: Newest): Map<string, LanePath> {
  const paths = new Map<string, LanePath>();
  for (let left = input.number(); left > 0; left--) {
    const path_id = input.text();
    const current = readCounts(input);
    const earlier = readCounts(input);
    const reading = layout >= 5 ? readReading(input, last_heard_at_ms) : undefined;
    paths.set(path_id, { path_id, current, earlier, ...(reading && { reading }) });
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
