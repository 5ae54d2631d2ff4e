/** A record of a stream. */
export interface StreamRecord {
  sequenceNumber: string;
  /** When it arrived, milliseconds since the epoch. */
  arrivalMs: number;
  /** The record as functions get it, complete. */
  event: Record<string, unknown>;
}

export interface Shard {
  id: string;
  /** Shards that must be drained before this one, as far as the stream still knows them. */
  parents: string[];
}

/** Where reading a shard goes on. */
export type ShardPosition = { after: string } | 'TRIM_HORIZON' | 'LATEST';

export interface ReadResult {
  records: StreamRecord[];
  /** The shard is closed and has been read to its end. */
  ended: boolean;
}

/** Reads one shard onwards. */
export interface ShardReader {
  read(limit: number): Promise<ReadResult>;
}

/** A stream of shards, such as Kinesis or the change stream of a table. */
export interface ShardSource {
  arn: string;
  /** The part of a failure message that names the batch, in Lambda's form. */
  batchInfoName: 'KinesisBatchInfo' | 'DDBStreamBatchInfo';
  listShards(): Promise<Shard[]>;
  openShard(shardId: string, position: ShardPosition): ShardReader;
}
