import { PutRecordCommand } from '@aws-sdk/client-kinesis';
import { markReplayed, readQuarantined } from '../../core/ingest/read-quarantine.ts';
import { EdgeError } from '../../edge/edge-error.ts';
import type { OpenIngest } from '../stream/open-stream.ts';
import { replayEvent } from '../stream/replay-event.ts';
import type { OpenQuarantine } from './open-quarantine.ts';

/**
 * Counts a record if that is possible now; repeating it is safe, because its `seq` shows what is
 * new. Through the ingest function it is judged as of its arrival, by the keys that were valid
 * then, and stays open in the quarantine if it still can't be counted. Through the stream it
 * arrives again, unchanged and with its own partition key.
 *
 * @throws EdgeError if that is not possible
 */
export async function replay(place: string, quarantine: Replaying): Promise<void> {
  const { client, tables, ingest, kinesis, stream } = quarantine;
  if (ingest === undefined && stream === undefined) {
    throw new EdgeError(
      'Name the function with --function, or the stream with --stream: outputs of the ingest stack.',
    );
  }
  const item = await readQuarantined(client, tables, place);
  if (!item)
    throw new EdgeError(
      `There is no record ${place} in the quarantine: npm run quarantine -- list shows them.`,
    );
  if (item.sha256 !== undefined) {
    throw new EdgeError(
      `Record ${place} had ${item.size} bytes and only the first ${item.data.length} are kept: it can't be sent again.`,
    );
  }
  if (ingest) {
    await putThroughIngest(item, ingest);
  } else {
    await kinesis.send(
      new PutRecordCommand({ StreamName: stream, PartitionKey: item.partition_key, Data: item.data }),
    );
  }
  await markReplayed(client, tables, { pk: item.pk, sk: item.sk, at: new Date().toISOString() });
}

/** The dependencies of a replay. */
export type Replaying = Omit<OpenQuarantine, 'close'>;

async function putThroughIngest(item: QuarantinedRecord, ingest: OpenIngest): Promise<void> {
  const { sk: place, shard_id, sequence_number, partition_key, arrived_at, data } = item;
  const { batchItemFailures, rejected } = await ingest.invoke(
    replayEvent(shard_id, [
      {
        Data: data,
        PartitionKey: partition_key,
        SequenceNumber: sequence_number,
        ApproximateArrivalTimestamp: new Date(arrived_at),
      },
    ]),
  );
  if (batchItemFailures.length > 0) {
    throw new EdgeError(`Ingest could not process record ${place} in time: replay it again in a minute.`);
  }
  const [refusal] = rejected;
  if (refusal) throw new EdgeError(`Record ${place} still can't be counted: ${refusal.message}`);
}

type QuarantinedRecord = NonNullable<Awaited<ReturnType<typeof readQuarantined>>>;
