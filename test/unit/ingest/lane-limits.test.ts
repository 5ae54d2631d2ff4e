import { expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import { LANE_LIMITS } from '../../../core/ledger/lane/check-lane-size.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { quarantinedItems } from '../../support/quarantined.ts';
import { reportRecord, T0 } from '../../support/report-records.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };

const pathsFrom = (from: number, count: number) =>
  Array.from({ length: count }, (_, p) => ({
    path_id: `${from + p}`,
    latency_ms: 1,
    jitter_ms: 1,
    packet_loss_pct: 0,
    bandwidth_mbps: 1,
    measured_at: new Date(T0).toISOString(),
    tx_packets: 0n,
    tx_bytes: 0n,
    rx_packets: 0n,
    rx_bytes: 0n,
  }));

it('rejects new paths of an edge beyond the limit, and still counts its known ones', async () => {
  const store = new FakeDynamoDb();
  const context = ingestContext({ client: store.client, tables: TABLES, deadline: Number.POSITIVE_INFINITY });
  const A_REPORT = 1000;
  const reports = LANE_LIMITS.paths / A_REPORT;
  const send = (seq: number, from: number, count: number) => {
    const policies = [{ policy_id: '7', packets: BigInt(seq) }];
    return ingest(
      [reportRecord({ seq, policies, paths: pathsFrom(from, count) }, { sequence: seq })],
      context,
    );
  };
  for (let seq = 1; seq <= reports; seq++)
    expect(await send(seq, (seq - 1) * A_REPORT, A_REPORT)).toEqual([]);
  expect(await send(reports + 1, LANE_LIMITS.paths, 1)).toEqual([]);
  expect(await send(reports + 2, 0, 1)).toEqual([]);
  expect(context.tally).toMatchObject({ ReportsApplied: reports + 1, ReportsQuarantined: 1 });
  expect(quarantinedItems(store)).toMatchObject([{ reason: 'too_many_pairs', sequence_number: '10011' }]);
});
