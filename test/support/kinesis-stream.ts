import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
  type Shard,
} from '@aws-sdk/client-kinesis';
import type { StreamRecord } from '../../core/ingest/stream-record.ts';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import { kinesisClient } from '../../edge/system/kinesis-client.ts';
import { startKinesis } from '../../local/engines/kinesis.ts';

export interface KinesisStream {
  client: KinesisClient;
  endpoint: string;
  name: string;
  put(record: Pick<StreamRecord, 'data' | 'partition_key'>): Promise<void>;
  shards(): Promise<Shard[]>;
  /** Changes the shards, and waits until the stream is active again. */
  reshard(change: (client: KinesisClient) => Promise<unknown>): Promise<void>;
  /** All records of a shard from its beginning, as Lambda passes them on. */
  records(shard_id: string): Promise<StreamRecord[]>;
  stop(): Promise<void>;
}

/** A stream with one shard in a kinesis-local of its own. */
export async function startKinesisStream(): Promise<KinesisStream> {
  const engine = await startKinesis();
  const client = kinesisClient({
    endpoint: engine.endpoint,
    region: 'eu-central-1',
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 3,
  });
  const StreamName = 'reports';
  const active = async (): Promise<void> => {
    for (;;) {
      const { StreamDescriptionSummary } = await client.send(
        new DescribeStreamSummaryCommand({ StreamName }),
      );
      if (StreamDescriptionSummary?.StreamStatus === 'ACTIVE') return;
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  };
  await client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  await active();
  return {
    client,
    endpoint: engine.endpoint,
    name: StreamName,
    async put({ data, partition_key }) {
      await client.send(new PutRecordCommand({ StreamName, PartitionKey: partition_key, Data: data }));
    },
    async shards() {
      const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName }));
      return Shards;
    },
    async reshard(change) {
      await change(client);
      await active();
    },
    records: shard_id => shardRecords(client, StreamName, shard_id),
    async stop() {
      client.destroy();
      await engine.stop();
    },
  };
}

async function shardRecords(
  client: KinesisClient,
  StreamName: string,
  ShardId: string,
): Promise<StreamRecord[]> {
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator, Limit: 10_000 }));
  return Records.map(record => ({
    data: record.Data!,
    partition_key: record.PartitionKey!,
    sequence_number: record.SequenceNumber!,
    shard_id: ShardId,
    arrived_at_ms: record.ApproximateArrivalTimestamp!.getTime(),
  }));
}
