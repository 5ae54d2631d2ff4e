import { REGION } from '../aws/account.ts';
import { type AwsJsonApi, callAwsJson } from '../aws/aws-json-call.ts';
import { iteratedShard } from './iterated-shard.ts';
import type { ShardPosition, ShardSource, StreamRecord } from './shard-source.ts';

export interface TableStreamSourceOptions {
  endpoint: string;
  streamArn: string;
}

interface StreamShard {
  ShardId: string;
  ParentShardId?: string;
  SequenceNumberRange: { EndingSequenceNumber?: string };
}

interface ChangeRecord {
  /** Seconds since the epoch; the sequence number defines the order. */
  dynamodb: { SequenceNumber: string; ApproximateCreationDateTime: number };
  [field: string]: unknown;
}

/**
 * Reads the change stream of a table. Its records already have Lambda's form: attribute values,
 * binary in base64.
 */
export function tableStreamSource({ endpoint, streamArn }: TableStreamSourceOptions): ShardSource {
  const api: AwsJsonApi = { endpoint, target: 'DynamoDBStreams_20120810', jsonVersion: '1.0' };

  async function listShards(): Promise<StreamShard[]> {
    const shards: StreamShard[] = [];
    let ExclusiveStartShardId: string | undefined;
    do {
      const { StreamDescription } = await callAwsJson<{
        StreamDescription: { Shards: StreamShard[]; LastEvaluatedShardId?: string };
      }>(api, 'DescribeStream', { StreamArn: streamArn, ExclusiveStartShardId });
      shards.push(...StreamDescription.Shards);
      ExclusiveStartShardId = StreamDescription.LastEvaluatedShardId;
    } while (ExclusiveStartShardId !== undefined);
    return shards;
  }

  return {
    arn: streamArn,
    batchInfoName: 'DDBStreamBatchInfo',
    async listShards() {
      return (await listShards()).map(({ ShardId, ParentShardId }) => ({
        id: ShardId,
        parents: ParentShardId === undefined ? [] : [ParentShardId],
      }));
    },
    openShard: (shardId, position) =>
      iteratedShard({
        position,
        async openIterator(from) {
          const input = { StreamArn: streamArn, ShardId: shardId, ...iteratorType(from) };
          const { ShardIterator } = await callAwsJson<{ ShardIterator: string }>(
            api,
            'GetShardIterator',
            input,
          );
          return ShardIterator;
        },
        async getRecords(iterator, limit) {
          const { Records, NextShardIterator } = await callAwsJson<{
            Records: ChangeRecord[];
            NextShardIterator?: string;
          }>(api, 'GetRecords', { ShardIterator: iterator, Limit: Math.min(limit, GET_RECORDS_MAX) });
          return { records: Records.map(record => toRecord(record, streamArn)), next: NextShardIterator };
        },
        async isClosed() {
          const shard = (await listShards()).find(({ ShardId }) => ShardId === shardId);
          return shard === undefined || shard.SequenceNumberRange.EndingSequenceNumber !== undefined;
        },
      }),
  };
}

const GET_RECORDS_MAX = 1000;

function iteratorType(position: ShardPosition) {
  return typeof position === 'string'
    ? { ShardIteratorType: position }
    : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: position.after };
}

function toRecord(record: ChangeRecord, streamArn: string): StreamRecord {
  const { SequenceNumber, ApproximateCreationDateTime } = record.dynamodb;
  return {
    sequenceNumber: SequenceNumber,
    arrivalMs: ApproximateCreationDateTime * 1000,
    event: { ...record, eventSource: 'aws:dynamodb', awsRegion: REGION, eventSourceARN: streamArn },
  };
}
