import { pairKey } from '../../totals/pair-key.ts';
import { PATH_COUNTS, type PathCounts } from '../../totals/path-counts.ts';
import type { Lane, LanePair, LanePath } from '../lane/lane.ts';
import { openPacked, peekPacked, sealPacked } from './packed-item.ts';
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
  writePairs(out, lane.pairs);
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
  return openPacked(data, input => ({
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
    pairs: readPairs(input),
    paths: readPaths(input),
  }));
}

/** The current boot of a packed lane; the rest isn't decoded. @throws PackedDataUnreadable */
export function readBootId(data: Uint8Array): string {
  return peekPacked(data, input => {
    const [, , , boot_id] = [input.text(), input.text(), input.text(), input.text()];
    return boot_id;
  });
}

function writePairs(out: PackedWriter, pairs: ReadonlyMap<string, LanePair>): void {
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
  }
}

function readPairs(input: PackedReader): Map<string, LanePair> {
  const ids = readStrings(input);
  const pairs = new Map<string, LanePair>();
  for (let left = input.number(); left > 0; left--) {
    const pair: LanePair = {
      policy_id: readString(input, ids),
      endpoint_id: readString(input, ids),
      packets: input.count(),
      bytes: input.count(),
      active_flows: input.number(),
      earlier_packets: input.count(),
      earlier_bytes: input.count(),
    };
    pairs.set(pairKey(pair), pair);
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
