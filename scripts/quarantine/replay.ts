import { PutRecordCommand } from '@aws-sdk/client-kinesis';
import { markReplayed, readQuarantined } from '../../core/ingest/read-quarantine.ts';
import { EdgeError } from '../../edge/edge-error.ts';
import type { OpenQuarantine } from './open-quarantine.ts';

/**
 * Puts a record back into the stream, as it was and under its own partition key. It counts if it can be counted now, and
 * however often: its `seq` says what of it is new.
 *
 * @throws EdgeError where that is not possible
 */
export async function replay(place: string, quarantine: OpenQuarantine): Promise<void> {
  const { client, tables, kinesis, stream } = quarantine;
  if (stream === undefined)
    throw new EdgeError('Name the stream with --stream, an output of the ingest stack.');
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
  await kinesis.send(
    new PutRecordCommand({ StreamName: stream, PartitionKey: item.partition_key, Data: item.data }),
  );
  await markReplayed(client, tables, { pk: item.pk, sk: item.sk, at: new Date().toISOString() });
}
