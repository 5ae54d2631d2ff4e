import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeFlows, type FlowLogItem, flowBucket, flowLogPartition } from '../../../core/flows/flow-log.ts';
import { ingest } from '../../../core/ingest/ingest.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import type { FlowRecord } from '../../../core/totals/flow-record.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { reportRecord, T0 } from '../../support/report-records.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const flow: FlowRecord = {
  policy_id: '7',
  endpoint_id: 'wan1',
  src: '10.1.2.3',
  src_port: 51_234,
  dst: '2001:db8::9',
  dst_port: 443,
  protocol: 6,
  packets: 10n,
  bytes: 2n ** 60n,
  first: '2026-01-31T12:00:00Z',
  last: '2026-01-31T12:00:59.5Z',
};
const record = reportRecord({
  sent_ms: 500,
  policies: [{ policy_id: '7', packets: 10n }],
  flows: [flow, { ...flow, src_port: 1 }],
});

describe('flow logs', () => {
  let db: TestTables;
  beforeEach(async () => {
    db = await createTables();
  });
  afterEach(() => db.drop());

  async function logs(): Promise<FlowLogItem[]> {
    const { Items } = await db.client.send(
      new QueryCommand({
        TableName: db.tables.traffic,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': flowLogPartition(T0, flowBucket('edge-1')) },
        ConsistentRead: true,
      }),
    );
    return Items as FlowLogItem[];
  }

  const counted = async () => (await readCounters(db.client, db.tables)).get('7')?.packets;

  it('are kept for their time, by when they were sent', async () => {
    await ingest([record], ingestContext(db));
    const [item] = await logs();
    expect(item).toMatchObject({
      sk: expect.stringMatching(/^2026-01-31T12:00:00\.500Z#[\w-]{22}#1#0$/),
      edge_id: 'edge-1',
      site_id: '550e8400-e29b-41d4-a716-446655440000',
      interval_s: 60,
      expires_at: T0 / 1000 + 24 * 3600,
    });
    expect(decodeFlows(item!.data)).toEqual([flow, { ...flow, src_port: 1 }]);
  });

  it('are one item, however often the report comes', async () => {
    for (let i = 0; i < 3; i++) await ingest([record], ingestContext(db));
    expect(await logs()).toHaveLength(1);
  });

  it('can be switched off', async () => {
    await ingest([record], ingestContext({ ...db, flow_log_ttl_hours: undefined }));
    expect(await logs()).toEqual([]);
    expect(await counted()).toBe(10n);
  });

  it('are not written when their time is over, as in a replay of an old stream', async () => {
    const late = T0 + 25 * 3_600_000;
    await ingest([record], ingestContext({ ...db, clock: () => late, deadline: late + 60_000 }));
    expect(await logs()).toEqual([]);
    expect(await counted()).toBe(10n);
  });

  function failingPuts(name: string) {
    return clientWith(async command => {
      if ((command as object).constructor.name !== 'PutCommand')
        return db.client.send(command as QueryCommand);
      throw Object.assign(new Error(name), { name });
    });
  }

  it('that can not be written cost no count, and the record is delivered again for them', async () => {
    const failing = ingestContext({ ...db, client: failingPuts('ThrottlingException') });
    expect(await ingest([record], failing)).toEqual([record]);
    expect(failing.tally).toMatchObject({ FlowLogsNotWritten: 1, ReportsApplied: 1 });
    expect(await counted()).toBe(10n);
    expect(await ingest([record], ingestContext(db))).toEqual([]);
    expect(await logs()).toHaveLength(1);
    expect(await counted()).toBe(10n);
  });

  it('that the database refuses are given up, and told', async () => {
    const warnings: string[] = [];
    const refusing = ingestContext({
      ...db,
      client: failingPuts('ValidationException'),
      warn: message => void warnings.push(message),
    });
    expect(await ingest([record], refusing)).toEqual([]);
    expect(refusing.tally.FlowLogsRefused).toBe(1);
    expect(warnings).toEqual(['The database refuses the flow log of a report.']);
    expect(await counted()).toBe(10n);
  });
});
