import type { _Record, KinesisClient, Shard as KinesisShard } from '@aws-sdk/client-kinesis';
import { GetRecordsCommand, GetShardIteratorCommand, ListShardsCommand } from '@aws-sdk/client-kinesis';
import { REGION } from '../account.ts';
import type {
  ReadResult,
  Shard,
  ShardPosition,
  ShardReader,
  ShardSource,
  StreamRecord,
} from './shard-source.ts';

export interface KinesisSourceOptions {
  client: KinesisClient;
  streamName: string;
  streamArn: string;
  /** Role that the function runs with, as records name it. */
  roleArn: string;
}

/** Reads a Kinesis stream. */
export function kinesisSource(options: KinesisSourceOptions): ShardSource {
  const { client, streamName, streamArn } = options;

  async function listShards(): Promise<KinesisShard[]> {
    const shards: KinesisShard[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(
        new ListShardsCommand(NextToken === undefined ? { StreamName: streamName } : { NextToken }),
      );
      shards.push(...(page.Shards ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return shards;
  }

  function openShard(shardId: string, position: ShardPosition): ShardReader {
    let place = position;
    let iterator: string | undefined;

    /** An iterator that came to nothing may be at the end of a closed shard. */
    async function isClosed(): Promise<boolean> {
      const shard = (await listShards()).find(({ ShardId }) => ShardId === shardId);
      return shard === undefined || shard.SequenceNumberRange?.EndingSequenceNumber !== undefined;
    }

    async function read(limit: number): Promise<ReadResult> {
      iterator ??= await openIterator(shardId, place);
      const given = iterator;
      // Whatever goes wrong with this iterator, the next read makes a new one.
      iterator = undefined;
      const { Records = [], NextShardIterator } = await client.send(
        new GetRecordsCommand({ ShardIterator: given, Limit: limit }),
      );
      iterator = NextShardIterator;
      const last = Records.at(-1);
      if (last) place = { after: last.SequenceNumber! };
      const records = Records.map(record => toRecord(record, shardId, options));
      const ended = NextShardIterator === undefined || NextShardIterator === '';
      return { records, ended: ended && (await isClosed()) };
    }

    return { read };
  }

  async function openIterator(shardId: string, position: ShardPosition): Promise<string> {
    const where =
      typeof position === 'string'
        ? { ShardIteratorType: position }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, StartingSequenceNumber: position.after };
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamName: streamName, ShardId: shardId, ...where }),
    );
    return ShardIterator!;
  }

  return {
    arn: streamArn,
    batchInfoName: 'KinesisBatchInfo',
    async listShards() {
      return (await listShards()).map(toShard);
    },
    openShard,
  };
}

function toShard({ ShardId, ParentShardId, AdjacentParentShardId }: KinesisShard): Shard {
  return {
    id: ShardId!,
    parents: [ParentShardId, AdjacentParentShardId].filter(parent => parent !== undefined),
  };
}

function toRecord(
  record: _Record,
  shardId: string,
  { streamArn, roleArn }: KinesisSourceOptions,
): StreamRecord {
  const arrivalMs = record.ApproximateArrivalTimestamp!.getTime();
  return {
    sequenceNumber: record.SequenceNumber!,
    arrivalMs,
    event: {
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey: record.PartitionKey,
        sequenceNumber: record.SequenceNumber,
        data: Buffer.from(record.Data!).toString('base64'),
        approximateArrivalTimestamp: arrivalMs / 1000,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `${shardId}:${record.SequenceNumber}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: roleArn,
      awsRegion: REGION,
      eventSourceARN: streamArn,
    },
  };
}
