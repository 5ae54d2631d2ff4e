import type { Clock, Sleep } from '../../core/time/clock.ts';
import type { ShardReader, StreamRecord } from './shard-source.ts';

/** Lambda's limit on an event. */
const EVENT_MAX_BYTES = 6 * 1024 * 1024;
const ENVELOPE_BYTES = 100;

export interface CollectOptions {
  reader: ShardReader;
  batchSize: number;
  /** The time window of a batch after its first record, milliseconds. */
  windowMs: number;
  /** Pause between reads that found nothing. */
  pollMs: number;
  clock: Clock;
  sleep: Sleep;
  stopped(): boolean;
}

/** Records for one call of the function; `ended` when the shard has no more after them. */
export interface CollectedBatch {
  records: StreamRecord[];
  ended: boolean;
}

/**
 * Makes batches of a shard: a batch is complete at its size, at 6 MB, or at the end of its window.
 * The window begins with the first record, so no record waits longer.
 */
export function batchCollector(options: CollectOptions): () => Promise<CollectedBatch> {
  const { reader, batchSize, windowMs, pollMs, clock, sleep, stopped } = options;
  let buffer: StreamRecord[] = [];
  let ended = false;

  return async () => {
    let windowEnds = buffer.length > 0 ? clock() + windowMs : undefined;
    for (;;) {
      const count = fitting(buffer, batchSize);
      const full = count === batchSize || count < buffer.length;
      const over = windowEnds !== undefined && clock() >= windowEnds;
      if (full || over || ended || stopped()) {
        const records = buffer.slice(0, count);
        buffer = buffer.slice(count);
        return { records, ended: ended && buffer.length === 0 };
      }
      const read = await reader.read(batchSize);
      buffer = buffer.concat(read.records);
      ended = read.ended;
      if (buffer.length > 0) windowEnds ??= clock() + windowMs;
      if (read.records.length > 0 || ended) continue;
      const left = windowEnds === undefined ? pollMs : windowEnds - clock();
      await sleep(Math.max(0, Math.min(pollMs, left)));
    }
  };
}

/** The number of records at the front that make a batch; at least one if there are any. */
function fitting(records: readonly StreamRecord[], batchSize: number): number {
  let bytes = ENVELOPE_BYTES;
  let count = 0;
  for (const record of records) {
    if (count === batchSize) break;
    bytes += sizeOf(record) + 1;
    if (bytes > EVENT_MAX_BYTES && count > 0) break;
    count++;
  }
  return count;
}

const sizes = new WeakMap<StreamRecord, number>();

function sizeOf(record: StreamRecord): number {
  const known = sizes.get(record);
  if (known !== undefined) return known;
  const size = Buffer.byteLength(JSON.stringify(record.event));
  sizes.set(record, size);
  return size;
}
