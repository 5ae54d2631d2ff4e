import { compareKeys } from '../../storage/key-order.ts';
import type { BaselineCounts } from '../figures/baselines.ts';
import { openPacked, sealPacked } from '../packing/packed-item.ts';
import type { PackedReader } from '../packing/packed-reader.ts';
import { PackedWriter } from '../packing/packed-writer.ts';

/** The counts of a boot under one pair, in one part of its edge. */
export interface VoidedPair extends BaselineCounts {
  part: number;
  policy_id: string;
  endpoint_id: string;
}

/** The counts of a boot under one policy that a reset contains. */
export interface VoidedInReset extends BaselineCounts {
  /** Id of the reset's audit entry. */
  reset: string;
  policy_id: string;
}

/** The counts of a voided boot, subtracted from every figure that contains them. */
export interface CorrectionCounts {
  pairs: VoidedPair[];
  /**
   * For resets that were made while the boot was running. Policies of which a reset contains
   * nothing are left out.
   */
  in_resets: VoidedInReset[];
}

/**
 * Entries per chunk: with the longest ids they are 320 KB before they are compressed, and an item
 * may have 400.
 */
const ENTRIES_A_CHUNK = 300;

/** The chunks of a correction's counts, packed. */
export function packCorrection({ pairs, in_resets }: CorrectionCounts): Uint8Array[] {
  const sorted = pairs.toSorted((a, b) => a.part - b.part || compareKeys(a.policy_id, b.policy_id));
  const all: CorrectionCounts[] = [];
  for (let from = 0; from < sorted.length; from += ENTRIES_A_CHUNK) {
    all.push({ pairs: sorted.slice(from, from + ENTRIES_A_CHUNK), in_resets: [] });
  }
  for (let from = 0; from < in_resets.length; from += ENTRIES_A_CHUNK) {
    all.push({ pairs: [], in_resets: in_resets.slice(from, from + ENTRIES_A_CHUNK) });
  }
  return all.map(packChunk);
}

function packChunk({ pairs, in_resets }: CorrectionCounts): Uint8Array {
  const out = new PackedWriter();
  out.number(pairs.length);
  for (const pair of pairs) {
    out.number(pair.part);
    out.text(pair.policy_id);
    out.text(pair.endpoint_id);
    writeCounts(out, pair);
  }
  out.number(in_resets.length);
  for (const each of in_resets) {
    out.text(each.reset);
    out.text(each.policy_id);
    writeCounts(out, each);
  }
  return sealPacked(out.bytes());
}

/** Reads what {@link packCorrection} packed. @throws PackedDataUnreadable */
export function unpackCorrection(chunks: readonly Uint8Array[]): CorrectionCounts {
  const counts: CorrectionCounts = { pairs: [], in_resets: [] };
  for (const chunk of chunks) {
    openPacked(chunk, input => {
      for (let left = input.number(); left > 0; left--) {
        const name = { part: input.number(), policy_id: input.text(), endpoint_id: input.text() };
        counts.pairs.push({ ...name, ...readCounts(input) });
      }
      for (let left = input.number(); left > 0; left--) {
        counts.in_resets.push({ reset: input.text(), policy_id: input.text(), ...readCounts(input) });
      }
    });
  }
  return counts;
}

function writeCounts(out: PackedWriter, { packets, bytes, estimated_bytes }: BaselineCounts): void {
  out.count(packets);
  out.count(bytes);
  out.count(estimated_bytes);
}

function readCounts(input: PackedReader): BaselineCounts {
  return { packets: input.count(), bytes: input.count(), estimated_bytes: input.count() };
}

/** Adds counts to those under a key. */
export function addTo<Key>(sums: Map<Key, BaselineCounts>, key: Key, more: BaselineCounts): void {
  const { packets, bytes, estimated_bytes } = more;
  const known = sums.get(key);
  if (!known) {
    sums.set(key, { packets, bytes, estimated_bytes });
    return;
  }
  known.packets += packets;
  known.bytes += bytes;
  known.estimated_bytes += estimated_bytes;
}
