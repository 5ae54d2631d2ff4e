import { pairKey } from '../../totals/pair-key.ts';
import { PATH_COUNTS, type PathCounts } from '../../totals/path-counts.ts';
import type { Boot, BootPair } from '../lane/boot.ts';
import { estimatedPairs, readEstimated, writeEstimated } from './estimated-codec.ts';
import { type Layout, openPacked, sealPacked } from './packed-item.ts';
import type { PackedReader } from './packed-reader.ts';
import { PackedWriter } from './packed-writer.ts';
import { readString, readStrings, StringTable } from './string-table.ts';

/** A boot as packed binary, without its id, which is in the item's key. */
export function encodeBoot(boot: Boot): Uint8Array {
  const out = new PackedWriter();
  out.number(boot.seq);
  out.number(boot.parts);
  out.time(boot.sent_at_ms);
  const ids = new StringTable();
  for (const pair of boot.pairs.values()) {
    ids.add(pair.policy_id);
    ids.add(pair.endpoint_id);
  }
  ids.write(out);
  out.number(boot.pairs.size);
  for (const pair of boot.pairs.values()) {
    out.number(ids.add(pair.policy_id));
    out.number(ids.add(pair.endpoint_id));
    out.count(pair.packets);
    out.count(pair.bytes);
    out.number(boot.seq - pair.seq);
  }
  out.number(boot.paths.size);
  for (const [path_id, counts] of boot.paths) {
    out.text(path_id);
    for (const count of PATH_COUNTS) out.count(counts[count]);
  }
  const estimated = estimatedPairs(boot.pairs.values());
  if (!estimated) return sealPacked(out.bytes());
  writeEstimated(out, estimated);
  return sealPacked(out.bytes(), 4);
}

/** @throws PackedDataUnreadable */
export function decodeBoot(boot_id: string, data: Uint8Array): Boot {
  return openPacked(data, (input, layout) => {
    const head = { boot_id, seq: input.number(), parts: input.number(), sent_at_ms: input.time() };
    const boot = { ...head, pairs: readPairs(input, layout, head.seq), paths: readPaths(input) };
    if (layout === 4) readEstimated(input, boot.pairs);
    return boot;
  });
}

function readPairs(input: PackedReader, layout: Layout, seq: number): Map<string, BootPair> {
  const ids = readStrings(input);
  const pairs = new Map<string, BootPair>();
  for (let left = input.number(); left > 0; left--) {
    const pair: BootPair = {
      policy_id: readString(input, ids),
      endpoint_id: readString(input, ids),
      packets: input.count(),
      bytes: input.count(),
      estimated: false,
      // Earlier releases did not store which report named it last. It may be the last one.
      seq: layout === 1 ? seq : seq - input.number(),
    };
    pairs.set(pairKey(pair), pair);
  }
  return pairs;
}

function readPaths(input: PackedReader): Map<string, PathCounts> {
  const paths = new Map<string, PathCounts>();
  for (let left = input.number(); left > 0; left--) {
    const path_id = input.text();
    paths.set(path_id, {
      tx_packets: input.count(),
      tx_bytes: input.count(),
      rx_packets: input.count(),
      rx_bytes: input.count(),
    });
  }
  return paths;
}
