import { statedSize } from '../report/inflate-record.ts';
import { REPORT_LIMITS } from '../report/report.ts';
import { signedSize } from '../report/signed-record.ts';
import type { StreamRecord } from './stream-record.ts';

/** JSON of one edge that is read in a turn, bytes. An edge sends some KB a minute. */
const SHARE_BYTES = 1024 * 1024;

/** Overhead of a record, bytes. */
const RECORD_BYTES = 1024;

/**
 * Cuts a batch into turns, so that one edge uses at most its share of the time before all others
 * are counted: a turn has of each partition key the records that fit the share. Each turn's records
 * are in the order of the stream, and so are those of a key over all turns. Nearly every batch is
 * one turn.
 */
export function turnsOf(records: readonly StreamRecord[]): StreamRecord[][] {
  const turns: StreamRecord[][] = [];
  const read = new Map<string, number>();
  for (const record of records) {
    const before = read.get(record.partition_key) ?? 0;
    read.set(record.partition_key, before + bytesToRead(record));
    const turn = Math.floor(before / SHARE_BYTES);
    turns[turn] ??= [];
    turns[turn].push(record);
  }
  return turns;
}

// The inflated size that a record states may be wrong. If it is too high, the record waits longer;
// if it is too low, the record is never parsed.
function bytesToRead({ data }: StreamRecord): number {
  const isGzip = data[0] === 0x1f && data[1] === 0x8b;
  const size = isGzip ? Math.max(data.length, statedSize(data)) : Math.max(data.length, signedSize(data));
  return RECORD_BYTES + Math.min(size, REPORT_LIMITS.maxJsonBytes);
}
