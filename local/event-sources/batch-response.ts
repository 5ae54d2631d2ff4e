import type { StreamRecord } from './shard-source.ts';

/**
 * The index of the first failed record in the answer of a function that reports batch item
 * failures; undefined if there is none. An answer in another form counts as a failure of the whole
 * batch (index 0). Source: AWS Lambda Developer Guide, "Configuring partial batch response with
 * Kinesis".
 */
export function firstFailedIndex(response: unknown, records: readonly StreamRecord[]): number | undefined {
  if (response === null || response === undefined) return undefined;
  if (typeof response !== 'object') return 0;
  const failures = (response as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === null || failures === undefined) return undefined;
  if (!Array.isArray(failures)) return 0;
  if (failures.length === 0) return undefined;
  const indexes = failures.map(failure => {
    const identifier = (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier;
    return records.findIndex(({ sequenceNumber }) => sequenceNumber === identifier);
  });
  // An identifier that isn't in the batch fails the whole batch.
  return Math.max(0, Math.min(...indexes));
}
