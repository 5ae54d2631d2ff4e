import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemSleep } from '../../../core/time/clock.ts';
import { callAwsJson } from '../../../local/aws/aws-json-call.ts';
import type { Engine } from '../../../local/engines/engine.ts';
import { startKinesis } from '../../../local/engines/kinesis.ts';
import { type Checkpoints, memoryCheckpoints, SHARD_END } from '../../../local/event-sources/checkpoints.ts';
import { kinesisSource } from '../../../local/event-sources/kinesis-source.ts';
import type { ShardSource } from '../../../local/event-sources/shard-source.ts';
import {
  type EventSource,
  startStreamEventSource,
} from '../../../local/event-sources/stream-event-source.ts';
import { tableStreamSource } from '../../../local/event-sources/table-stream-source.ts';
import { createTable, tableSchema } from '../../../local/resources/types/dynamodb-table.ts';
import { createStream } from '../../../local/resources/types/kinesis-stream.ts';
import { eventSourceMappingSchema } from '../../../local/resources/types/lambda-event-source-mapping.ts';
import { dynamodbEndpoint } from '../../support/local-client.ts';

// Far more than necessary, for busy machines.
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });

interface Reading {
  /** Records in the order in which the function received them. */
  seen: Record<string, unknown>[];
  failed: Record<string, unknown>[];
  checkpoints: Checkpoints;
  stop(): Promise<void>;
}

type Answer = (events: Record<string, unknown>[]) => unknown;

let running: EventSource[] = [];
afterEach(async () => {
  await Promise.all(running.map(source => source.stop()));
  running = [];
});

/** Reads a stream with a function that remembers its records. */
function read(
  source: ShardSource,
  { checkpoints = memoryCheckpoints(), answer = (() => null) as Answer } = {},
): Reading {
  const seen: Record<string, unknown>[] = [];
  const failed: Record<string, unknown>[] = [];
  const eventSource = startStreamEventSource({
    mapping: eventSourceMappingSchema.parse({
      EventSourceArn: source.arn,
      FunctionName: 'subject',
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 10,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 0,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    }),
    source,
    target: {
      arn: 'arn:aws:lambda:eu-central-1:000000000000:function:subject',
      async invoke(event) {
        const { Records } = event as { Records: Record<string, unknown>[] };
        const result = await answer(Records);
        seen.push(...Records);
        return { requestId: 'request-1', result };
      },
    },
    checkpoints,
    onFailed: async message => void failed.push(message),
    onTrouble: trouble => expect.fail(String(trouble)),
    clock: Date.now,
    sleep: ms => systemSleep(Math.min(ms, 20)),
  });
  running.push(eventSource);
  return { seen, failed, checkpoints, stop: () => eventSource.stop() };
}

describe('a Kinesis stream', () => {
  let kinesis: Engine;
  let stream: string;
  beforeAll(async () => {
    kinesis = await startKinesis();
  });
  afterAll(() => kinesis?.stop());

  const call = <T>(operation: string, input: object): Promise<T> =>
    callAwsJson({ endpoint: kinesis.endpoint, target: 'Kinesis_20131202', jsonVersion: '1.1' }, operation, {
      StreamName: stream,
      ...input,
    });

  async function makeSource(ShardCount = 1): Promise<ShardSource> {
    stream = `reports-${randomUUID()}`;
    await createStream(kinesis.endpoint, stream, { ShardCount } as Parameters<typeof createStream>[2]);
    return kinesisSource({
      endpoint: kinesis.endpoint,
      streamName: stream,
      streamArn: `arn:aws:kinesis:eu-central-1:000000000000:stream/${stream}`,
      roleArn: 'arn:aws:iam::000000000000:role/subject',
    });
  }

  async function put(edge: string, number: number): Promise<string> {
    const { SequenceNumber } = await call<{ SequenceNumber: string }>('PutRecord', {
      PartitionKey: edge,
      Data: Buffer.from(JSON.stringify({ edge, number })).toString('base64'),
    });
    return SequenceNumber;
  }

  const active = async (): Promise<void> => {
    for (;;) {
      const { StreamDescriptionSummary } = await call<{ StreamDescriptionSummary: { StreamStatus: string } }>(
        'DescribeStreamSummary',
        {},
      );
      if (StreamDescriptionSummary.StreamStatus === 'ACTIVE') return;
    }
  };

  const payload = (record: Record<string, unknown>) =>
    JSON.parse(Buffer.from((record.kinesis as { data: string }).data, 'base64').toString()) as {
      edge: string;
      number: number;
    };

  it('returns records in the format of Lambda', async () => {
    const source = await makeSource();
    const before = Date.now() / 1000;
    const sequenceNumber = await put('edge-7', 1);
    const { seen } = read(source);
    await eventually(() => seen).toHaveLength(1);
    expect(seen[0]).toEqual({
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey: 'edge-7',
        sequenceNumber,
        data: Buffer.from('{"edge":"edge-7","number":1}').toString('base64'),
        approximateArrivalTimestamp: expect.closeTo(before, -2),
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `shardId-000000000000:${sequenceNumber}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: 'arn:aws:iam::000000000000:role/subject',
      awsRegion: 'eu-central-1',
      eventSourceARN: `arn:aws:kinesis:eu-central-1:000000000000:stream/${stream}`,
    });
  });

  it('keeps the order of every edge while shards split and merge', async () => {
    const source = await makeSource();
    const { seen } = read(source);
    const edges = ['edge-1', 'edge-2', 'edge-3', 'edge-4'];
    let number = 0;
    const report = async (rounds: number): Promise<void> => {
      for (let round = 0; round < rounds; round++, number++) {
        await Promise.all(edges.map(edge => put(edge, number)));
      }
    };
    await report(5);
    await call('SplitShard', {
      ShardToSplit: 'shardId-000000000000',
      NewStartingHashKey: String(2n ** 127n),
    });
    await active();
    await report(5);
    await call('MergeShards', {
      ShardToMerge: 'shardId-000000000001',
      AdjacentShardToMerge: 'shardId-000000000002',
    });
    await active();
    await report(5);

    await eventually(() => seen.length).toBe(edges.length * 15);
    for (const edge of edges) {
      const numbers = seen
        .map(payload)
        .filter(report => report.edge === edge)
        .map(report => report.number);
      expect(numbers).toEqual(Array.from({ length: 15 }, (_, index) => index));
    }
  });

  it('continues at its checkpoints, past closed and finished shards', async () => {
    const source = await makeSource();
    await put('edge-1', 1);
    const first = read(source);
    await eventually(() => first.seen).toHaveLength(1);
    await call('SplitShard', {
      ShardToSplit: 'shardId-000000000000',
      NewStartingHashKey: String(2n ** 127n),
    });
    await active();
    await eventually(() => first.checkpoints.get('shardId-000000000000')).toBe(SHARD_END);
    await first.stop();

    await put('edge-1', 2);
    const second = read(source, { checkpoints: first.checkpoints });
    await eventually(() => second.seen.map(payload)).toEqual([{ edge: 'edge-1', number: 2 }]);
  });

  it('starts again if it has lost the record of a checkpoint', async () => {
    const source = await makeSource();
    await put('edge-1', 1);
    const checkpoints = memoryCheckpoints();
    await checkpoints.set('shardId-000000000000', '49680509629362529851593643528218484255774361923249766409');
    const { seen } = read(source, { checkpoints });
    await eventually(() => seen.map(payload)).toEqual([{ edge: 'edge-1', number: 1 }]);
  });

  it('gives up only the poison record, and gives its position', async () => {
    const source = await makeSource();
    const sequenceNumbers: string[] = [];
    for (let number = 0; number < 8; number++) sequenceNumbers.push(await put('edge-1', number));
    const { seen, failed } = read(source, {
      answer(events) {
        if (events.map(payload).some(({ number }) => number === 5)) throw new Error('poison');
      },
    });
    await eventually(() => seen.map(payload).map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 6, 7]);
    expect(failed).toEqual([
      {
        requestContext: {
          requestId: expect.any(String),
          functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:subject',
          condition: 'RetryAttemptsExhausted',
          approximateInvokeCount: 1,
        },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        version: '1.0',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        KinesisBatchInfo: {
          shardId: 'shardId-000000000000',
          startSequenceNumber: sequenceNumbers[5],
          endSequenceNumber: sequenceNumbers[5],
          approximateArrivalOfFirstRecord: expect.stringMatching(/Z$/),
          approximateArrivalOfLastRecord: expect.stringMatching(/Z$/),
          batchSize: 1,
          streamArn: source.arn,
        },
      },
    ]);
  });
});

describe("a table's stream", () => {
  const endpoint = dynamodbEndpoint();
  const call = (operation: string, input: object) =>
    callAwsJson({ endpoint, target: 'DynamoDB_20120810', jsonVersion: '1.0' }, operation, input);
  const keys = { pk: { S: 'a' }, sk: { S: 'b' } };
  let table: string;
  afterEach(() => call('DeleteTable', { TableName: table }));

  async function makeSource(): Promise<ShardSource> {
    table = `test-${randomUUID()}`;
    const { StreamArn } = await createTable(
      endpoint,
      table,
      tableSchema.parse({
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
      }),
    );
    return tableStreamSource({ endpoint, streamArn: StreamArn! });
  }

  it('returns changes in the format of Lambda, in order', async () => {
    const source = await makeSource();
    const count = (n: string) => ({ ...keys, count: { N: n }, data: { B: 'AAEC' } });
    await call('PutItem', { TableName: table, Item: count('1') });
    await call('PutItem', { TableName: table, Item: count('9007199254740993') });
    await call('DeleteItem', { TableName: table, Key: keys });
    const { seen } = read(source);
    await eventually(() => seen).toHaveLength(3);
    expect(seen.map(({ eventName }) => eventName)).toEqual(['INSERT', 'MODIFY', 'REMOVE']);
    expect(seen[1]).toEqual({
      eventID: expect.any(String),
      eventName: 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-central-1',
      eventSourceARN: source.arn,
      dynamodb: {
        // DynamoDB Local gives whole minutes: the nearest power that spans one is 500 s.
        ApproximateCreationDateTime: expect.closeTo(Date.now() / 1000, -3),
        Keys: keys,
        NewImage: count('9007199254740993'),
        OldImage: count('1'),
        SequenceNumber: expect.stringMatching(/^\d+$/),
        SizeBytes: expect.any(Number),
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    });
  });

  it('is repeated from the record that the function reports', async () => {
    const source = await makeSource();
    for (const n of ['1', '2', '3'])
      await call('PutItem', { TableName: table, Item: { ...keys, n: { N: n } } });
    let calls = 0;
    const sizes: number[] = [];
    read(source, {
      answer(events) {
        sizes.push(events.length);
        if (calls++ > 0) return null;
        const { SequenceNumber } = events[1]!.dynamodb as { SequenceNumber: string };
        return { batchItemFailures: [{ itemIdentifier: SequenceNumber }] };
      },
    });
    await eventually(() => sizes).toEqual([3, 2]);
  });
});
