import { pairKey } from '../../totals/pair-key.ts';
import type { IdlePair, IdleSegment } from '../lane/idle-pairs.ts';
import { NOT_NAMED } from '../lane/lane.ts';
import { estimatedPairs, readEstimated, writeEstimated } from './estimated-codec.ts';
import { openPacked, sealPacked } from './packed-item.ts';
import type { PackedReader } from './packed-reader.ts';
import { PackedWriter } from './packed-writer.ts';
import { readString, readStrings, StringTable } from './string-table.ts';

/** A segment of idle pairs as packed binary, without its version, which is in the item's key. */
export function encodeIdleSegment({ older, pairs }: Omit<IdleSegment, 'version'>): Uint8Array {
  const out = new PackedWriter();
  out.number(older.length);
  for (const version of older) out.number(version);
  const ids = new StringTable();
  for (const pair of pairs.values()) {
    for (const id of [pair.policy_id, pair.endpoint_id, pair.boot_id]) ids.add(id);
  }
  ids.write(out);
  out.number(pairs.size);
  for (const pair of pairs.values()) {
    for (const id of [pair.policy_id, pair.endpoint_id, pair.boot_id]) out.number(ids.add(id));
    out.number(pair.seq - NOT_NAMED);
    out.count(pair.packets);
    out.count(pair.bytes);
    out.count(pair.earlier_packets);
    out.count(pair.earlier_bytes);
  }
  const estimated = estimatedPairs(pairs.values());
  if (!estimated) return sealPacked(out.bytes());
  writeEstimated(out, estimated);
  return sealPacked(out.bytes(), 4);
}

/** @throws PackedDataUnreadable */
export function decodeIdleSegment(version: number, data: Uint8Array): IdleSegment {
  return openPacked(data, (input, layout) => {
    const older: number[] = [];
    for (let left = input.number(); left > 0; left--) older.push(input.number());
    const segment = { version, older, pairs: readPairs(input) };
    if (layout === 4) readEstimated(input, segment.pairs);
    return segment;
  });
}

function readPairs(input: PackedReader): Map<string, IdlePair> {
  const ids = readStrings(input);
  const pairs = new Map<string, IdlePair>();
  for (let left = input.number(); left > 0; left--) {
    const pair: IdlePair = {
      policy_id: readString(input, ids),
      endpoint_id: readString(input, ids),
      boot_id: readString(input, ids),
      seq: input.number() + NOT_NAMED,
      packets: input.count(),
      bytes: input.count(),
      earlier_packets: input.count(),
      earlier_bytes: input.count(),
      estimated: false,
      earlier_estimated: 0n,
    };
    pairs.set(pairKey(pair), pair);
  }
  return pairs;
}
