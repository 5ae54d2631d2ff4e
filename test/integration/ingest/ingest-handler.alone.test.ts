import type { Context, KinesisStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { StreamRecord } from '../../../core/ingest/stream-record.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import { stubFunctionEnvironment } from '../../support/function-environment.ts';
import { NO_RATES } from '../../support/no-rates.ts';
import { rawRecord, reportRecord } from '../../support/report-records.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

let db: TestTables;
beforeAll(async () => {
  db = await createTables();
  stubFunctionEnvironment(db, { POWERTOOLS_SERVICE_NAME: 'ingest' });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await db.drop();
});

function eventOf(records: readonly StreamRecord[]): KinesisStreamEvent {
  return {
    Records: records.map(({ data, partition_key, sequence_number, shard_id, arrived_at_ms }) => ({
      awsRegion: 'eu-central-1',
      eventID: `${shard_id}:${sequence_number}`,
      eventName: 'aws:kinesis:record',
      eventSource: 'aws:kinesis',
      eventSourceARN: 'arn:aws:kinesis:eu-central-1:000000000000:stream/reports',
      eventVersion: '1.0',
      invokeIdentityArn: '',
      kinesis: {
        approximateArrivalTimestamp: arrived_at_ms / 1000,
        data: Buffer.from(data).toString('base64'),
        kinesisSchemaVersion: '1.0',
        partitionKey: partition_key,
        sequenceNumber: sequence_number,
      },
    })),
  };
}

const lambda = (remaining_ms: number) =>
  ({ getRemainingTimeInMillis: () => remaining_ms, functionName: 'ingest', awsRequestId: 'r' }) as Context;

it('counts an event of the stream, publishes its metrics, and returns the records without enough time', async () => {
  const printed: string[] = [];
  const print = (text: unknown) => void printed.push(String(text));
  vi.spyOn(console, 'log').mockImplementation(print);
  vi.spyOn(console, 'error').mockImplementation(print);
  for (const output of [process.stdout, process.stderr]) {
    vi.spyOn(output, 'write').mockImplementation(text => {
      print(text);
      return true;
    });
  }
  const { handler } = await import('../../../functions/ingest/handler.ts');
  const policies = [{ policy_id: '7', packets: 5n, bytes: 2n ** 60n, active_flows: 1 }];
  const records = [
    reportRecord({ edge_id: 'a', policies }, { sequence: 1, shard: 18 }),
    reportRecord({ edge_id: 'b', policies }, { sequence: 2, shard: 18 }),
  ];

  expect(await asFunction('ingest', () => handler(eventOf(records), lambda(1000)))).toEqual({
    batchItemFailures: [{ itemIdentifier: '10001' }, { itemIdentifier: '10002' }],
  });
  const garbage = rawRecord(Buffer.from('garbage'), { sequence: 3, shard: 18 });
  expect(await asFunction('ingest', () => handler(eventOf([...records, garbage]), lambda(60_000)))).toEqual({
    batchItemFailures: [],
  });
  vi.restoreAllMocks();

  expect(await readCounters(db.client, db.tables)).toEqual(
    new Map([['7', { packets: 10n, bytes: 2n ** 61n, estimated_bytes: 0n, active_flows: 2, ...NO_RATES }]]),
  );
  const metrics = printed
    .filter(line => line.includes('CloudWatchMetrics'))
    .map(line => JSON.parse(line) as Record<string, unknown>);
  expect(metrics).toMatchObject([
    { service: 'ingest', ReportsApplied: 0, ReportsNotApplied: '2' },
    { service: 'ingest', ReportsApplied: 2, ReportsNotApplied: '0', ReportsQuarantined: 1 },
  ]);
  const logged = printed
    .filter(line => line.includes('"WARN"'))
    .map(line => JSON.parse(line) as Record<string, unknown>);
  expect(logged).toMatchObject([
    { message: 'Not all records were processed in time; they are delivered again.', records: 2 },
    {
      message: 'A report was put into the quarantine.',
      reason: 'not_json',
      reason_text:
        'The record is not JSON; send one report as one JSON object (Unexpected token \'g\', "garbage" is not valid JSON).',
      place: '2026-01-31T12:00:00.000Z#shardId-000000000018#10003',
      partition_key: 'edge-1',
    },
  ]);
});
