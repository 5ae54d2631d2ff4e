import { MergeShardsCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import { counterKey, counterPartition } from '../../../core/ledger/lane-keys.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { type KinesisStream, startKinesisStream } from '../../support/kinesis-stream.ts';
import { NO_RATES } from '../../support/no-rates.ts';
import { reportRecord } from '../../support/report-records.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const EDGES = 12;
const MIDDLE = '170141183460469231731687303715884105728';

describe('a stream whose shards split and merge while edges report', () => {
  let db: TestTables;
  let stream: KinesisStream;
  beforeAll(async () => {
    [db, stream] = await Promise.all([createTables(), startKinesisStream()]);
  });
  afterAll(() => Promise.all([db.drop(), stream.stop()]));

  it('results in exact counts, with a slot for each shard', async () => {
    let seq = 0;
    const report = async () => {
      seq++;
      for (let edge = 0; edge < EDGES; edge++) {
        const packets = BigInt(seq * (edge + 1));
        const policies = [
          { policy_id: 'default', packets, bytes: packets * 1500n, estimated_bytes: 0n, active_flows: edge },
        ];
        await stream.put(reportRecord({ edge_id: `edge-${edge}`, seq, sent_ms: seq, policies }));
      }
    };
    const StreamName = stream.name;
    await report();
    await stream.reshard(client =>
      client.send(
        new SplitShardCommand({
          StreamName,
          ShardToSplit: 'shardId-000000000000',
          NewStartingHashKey: MIDDLE,
        }),
      ),
    );
    await report();
    await stream.reshard(client =>
      client.send(
        new MergeShardsCommand({
          StreamName,
          ShardToMerge: 'shardId-000000000001',
          AdjacentShardToMerge: 'shardId-000000000002',
        }),
      ),
    );
    await report();

    const shards = await stream.shards();
    expect(shards.map(shard => shard.ShardId)).toEqual([0, 1, 2, 3].map(n => `shardId-00000000000${n}`));
    for (const { ShardId } of shards) {
      const records = await stream.records(ShardId!);
      expect(records.length, ShardId).toBeGreaterThan(0);
      expect(await ingest(records, ingestContext(db))).toEqual([]);
    }

    const packets = BigInt((3 * EDGES * (EDGES + 1)) / 2);
    expect(await readCounters(db.client, db.tables)).toEqual(
      new Map([
        [
          'default',
          {
            packets,
            bytes: packets * 1500n,
            estimated_bytes: 0n,
            active_flows: (EDGES * (EDGES - 1)) / 2,
            ...NO_RATES,
          },
        ],
      ]),
    );
    expect([0, 1, 2, 3].map(slot => counterPartition(slot))).toEqual([
      'COUNTER#0',
      'COUNTER#1',
      'COUNTER#2',
      'COUNTER#3',
    ]);
    const { Item: ofOneSlot } = await db.client.send(
      new GetCommand({ TableName: db.tables.traffic, Key: counterKey(0, 'default') }),
    );
    expect(ofOneSlot?.packets).toBe((EDGES * (EDGES + 1)) / 2);
  });
});
