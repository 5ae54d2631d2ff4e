/** A record of a stream. */
export interface StreamRecord {
  sequenceNumber: string;
  /** Time of arrival, milliseconds since the epoch. */
  arrivalMs: number;
  /** The complete record in the form of the function's event. */
  event: Record<string, unknown>;
}

export interface Shard {
  id: string;
  /** Shards that must be drained before this one, as far as they still exist. */
  parents: string[];
}

/** The position from which a shard is read. */
export type ShardPosition = { after: string } | 'TRIM_HORIZON' | 'LATEST';

export interface ReadResult {
  records: StreamRecord[];
  /** The shard is closed and has been read to its end. */
  ended: boolean;
}

/** Reads one shard forwards. */
export interface ShardReader {
  read(limit: number): Promise<ReadResult>;
}

/** A stream of shards, such as Kinesis or the change stream of a table. */
export interface ShardSource {
  arn: string;
  /** The field of a failure message with the batch, in Lambda's form. */
  batchInfoName: 'KinesisBatchInfo' | 'DDBStreamBatchInfo';
  listShards(): Promise<Shard[]>;
  openShard(shardId: string, position: ShardPosition): ShardReader;
}
