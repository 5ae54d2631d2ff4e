import { REGION } from '../aws/account.ts';
import { type AwsJsonApi, callAwsJson } from '../aws/aws-json-call.ts';
import { iteratedShard } from './iterated-shard.ts';
import type { ShardPosition, ShardSource, StreamRecord } from './shard-source.ts';

export interface KinesisSourceOptions {
  endpoint: string;
  streamName: string;
  streamArn: string;
  /** Role that the function runs with, as records name it. */
  roleArn: string;
}

interface KinesisShard {
  ShardId: string;
  ParentShardId?: string | null;
  AdjacentParentShardId?: string | null;
  SequenceNumberRange: { EndingSequenceNumber?: string | null };
}

interface KinesisRecord {
  SequenceNumber: string;
  PartitionKey: string;
  /** Base64. */
  Data: string;
  /** Seconds since the epoch. */
  ApproximateArrivalTimestamp: number;
}

/** Reads a Kinesis stream. */
export function kinesisSource(options: KinesisSourceOptions): ShardSource {
  const { endpoint, streamName, streamArn } = options;
  const api: AwsJsonApi = { endpoint, target: 'Kinesis_20131202', jsonVersion: '1.1' };

  async function listShards(): Promise<KinesisShard[]> {
    const shards: KinesisShard[] = [];
    let NextToken: string | null | undefined;
    do {
      const page: { Shards: KinesisShard[]; NextToken?: string | null } = await callAwsJson(
        api,
        'ListShards',
        NextToken ? { NextToken } : { StreamName: streamName },
      );
      shards.push(...page.Shards);
      NextToken = page.NextToken;
    } while (NextToken);
    return shards;
  }

  return {
    arn: streamArn,
    batchInfoName: 'KinesisBatchInfo',
    async listShards() {
      return (await listShards()).map(({ ShardId, ParentShardId, AdjacentParentShardId }) => ({
        id: ShardId,
        parents: [ParentShardId, AdjacentParentShardId].filter(parent => typeof parent === 'string'),
      }));
    },
    openShard: (shardId, position) =>
      iteratedShard({
        position,
        async openIterator(from) {
          const input = { StreamName: streamName, ShardId: shardId, ...iteratorType(from) };
          const { ShardIterator } = await callAwsJson<{ ShardIterator: string }>(
            api,
            'GetShardIterator',
            input,
          );
          return ShardIterator;
        },
        async getRecords(iterator, Limit) {
          const { Records, NextShardIterator } = await callAwsJson<{
            Records: KinesisRecord[];
            NextShardIterator?: string | null;
          }>(api, 'GetRecords', { ShardIterator: iterator, Limit });
          return {
            records: Records.map(record => toRecord(record, shardId, options)),
            next: NextShardIterator,
          };
        },
        async isClosed() {
          const shard = (await listShards()).find(({ ShardId }) => ShardId === shardId);
          return shard === undefined || typeof shard.SequenceNumberRange.EndingSequenceNumber === 'string';
        },
      }),
  };
}

function iteratorType(position: ShardPosition) {
  return typeof position === 'string'
    ? { ShardIteratorType: position }
    : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: position.after };
}

function toRecord(
  record: KinesisRecord,
  shardId: string,
  { streamArn, roleArn }: KinesisSourceOptions,
): StreamRecord {
  const { SequenceNumber, PartitionKey, Data, ApproximateArrivalTimestamp } = record;
  return {
    sequenceNumber: SequenceNumber,
    arrivalMs: ApproximateArrivalTimestamp * 1000,
    event: {
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey: PartitionKey,
        sequenceNumber: SequenceNumber,
        data: Data,
        approximateArrivalTimestamp: ApproximateArrivalTimestamp,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `${shardId}:${SequenceNumber}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: roleArn,
      awsRegion: REGION,
      eventSourceARN: streamArn,
    },
  };
}
