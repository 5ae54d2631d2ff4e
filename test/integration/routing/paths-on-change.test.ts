import { GetCommand, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foldReport } from '../../../core/ledger/lane/fold.ts';
import { newLane } from '../../../core/ledger/lane/lane.ts';
import { type LaneState, NO_CHANGES } from '../../../core/ledger/lane/lane-state.ts';
import { laneKey } from '../../../core/ledger/lane-keys.ts';
import { encodeLane } from '../../../core/ledger/packing/lane-codec.ts';
import { decodeReport } from '../../../core/report/decode-report.ts';
import type { Report } from '../../../core/report/report.ts';
import { failOverPath } from '../../../core/routing/failover/fail-over-path.ts';
import { readCurrentMetrics } from '../../../core/routing/metrics/current-metrics.ts';
import { readMetricsWithLane } from '../../../core/routing/metrics/path-metrics-store.ts';
import { recentMetrics } from '../../../core/routing/metrics/recent-metrics.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';
import { makeReport, reportJson } from '../../support/report-records.ts';
import { actor, measured, routingFunction, routingWorld } from '../../support/routing-world.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const MINUTE = 60_000;

let db: TestTables;
beforeAll(async () => {
  db = await createTables();
});
afterAll(() => db.drop());

/**
 * An edge that reports each minute: its lane is written as by ingest, then its paths are observed.
 */
async function reportingWorld() {
  const world = await routingWorld(db);
  const { time, context, edges, a, fast } = world;
  const writes: string[] = [];
  /** Gets, by table and sort key. */
  const reads: string[] = [];
  const counting: StoreContext = {
    ...context,
    client: clientWith(async command => {
      const { input } = command as PutCommand;
      if (command instanceof TransactWriteCommand) {
        const puts = command.input.TransactItems!.map(({ Put }) => Put).filter(put => put !== undefined);
        writes.push(...puts.map(({ TableName, Item }) => `${TableName} ${Item!.sk}`));
      } else if (/Put|Update/.test((command as object).constructor.name))
        writes.push(`${input.TableName} ${input.Item?.sk}`);
      if (command instanceof GetCommand) reads.push(`${input.TableName} ${command.input.Key?.sk}`);
      return context.client.send(command as PutCommand);
    }),
  };
  let state: LaneState = {
    ...{ lane: newLane({ edge_id: edges[0], part: 0 }), idle: [], boots: new Map(), parts: new Map() },
    changes: NO_CHANGES,
  };
  let seq = 0;
  const report = async (latency: number, loss = 0, { monitor = world.reports } = {}) => {
    const now = time.clock();
    const made: Report = {
      ...makeReport({
        edge_id: edges[0],
        site_id: a.id,
        seq: ++seq,
        paths: [measured(time, fast, latency, loss)],
      }),
      sent_at: new Date(now).toISOString(),
    };
    const decoded = decodeReport(Buffer.from(reportJson(made)), edges[0]);
    state = { ...foldReport(state, decoded, { at_ms: now, slot: 0 }), changes: NO_CHANGES };
    const Item = { ...laneKey(edges[0], 0), version: 1, data: encodeLane(state.lane) };
    await context.client.send(new PutCommand({ TableName: context.tables.traffic, Item }));
    await monitor.observe(counting, [{ report: decoded.report, arrived_at_ms: now }]);
  };
  return { ...world, report, writes, reads };
}

describe('a steady path', () => {
  it('is written every ten minutes, and not in between', async () => {
    const { time, report, writes, fast, context } = await reportingWorld();
    await report(20);
    expect(writes).toContain(`${db.tables.traffic} METRICS`);
    for (let tens = 0; tens < 2; tens++) {
      writes.length = 0;
      for (let minute = 0; minute < 9; minute++) {
        await time.advance(MINUTE);
        await report(20 + (minute % 3));
      }
      expect(writes).toEqual([]);
      await time.advance(MINUTE);
      await report(21);
      expect(writes).toContain(`${db.tables.traffic} METRICS`);
    }
    expect(await readMetricsWithLane(context, fast)).toMatchObject({ latency_ms: 21 });
  });

  it('is read every five minutes, and its edge every ten', async () => {
    const { time, report, reads, edges } = await reportingWorld();
    await report(20);
    reads.length = 0;
    for (let minute = 1; minute < 5; minute++) {
      await time.advance(MINUTE);
      await report(20 + (minute % 3));
    }
    expect(reads).toEqual([]);
    await time.advance(MINUTE);
    await report(21);
    expect(reads).toEqual([`${db.tables.traffic} METRICS`]);
    reads.length = 0;
    await time.advance(5 * MINUTE);
    await report(21);
    expect(reads).toContain(`${db.tables.network} ${edges[0]}`);
  });

  it('is not cached by a repeated write, because the entry would expire long before the next one', async () => {
    const { time, report, writes } = await reportingWorld();
    await report(20);
    writes.length = 0;
    await time.advance(10 * MINUTE);
    await report(21);
    expect(writes).toEqual([`${db.tables.traffic} METRICS`]);
  });

  it('is out of service for another function a second later', async () => {
    const { time, report, fast, done } = await reportingWorld();
    await report(20);
    await time.advance(MINUTE);
    const other = routingFunction(db, time);
    await failOverPath(other.context, other.caches, { actor, path_id: fast });
    for (let minute = 0; minute < 3; minute++) {
      await time.advance(MINUTE);
      await report(20);
    }
    expect(done).toEqual(['failbackPath']);
  });

  it('is fresh all the time through the reports of its lane', async () => {
    const { time, report, context, caches, fast } = await reportingWorld();
    const other = routingFunction(db, time);
    await report(20);
    for (let minute = 1; minute <= 9; minute++) {
      await time.advance(MINUTE);
      await report(20 + (minute % 3));
      for (const reader of [{ context, caches }, other]) {
        const recent = await recentMetrics(reader.context, reader.caches.metrics, fast);
        const age = time.clock() - Date.parse(recent!.measured_at);
        expect(age).toBeLessThanOrEqual(2 * MINUTE);
      }
      const current = await readCurrentMetrics(context, fast);
      expect(time.clock() - Date.parse(current!.measured_at)).toBeLessThanOrEqual(MINUTE);
    }
    expect(await readCurrentMetrics(context, fast)).toMatchObject({
      latency_ms: 20,
      settled_score: expect.closeTo(99.7, 1),
    });
    // Once the edge is silent, its measurements age.
    await time.advance(5 * MINUTE + 1);
    expect(await recentMetrics(context, caches.metrics, fast)).toBeUndefined();
    expect(await recentMetrics(other.context, other.caches.metrics, fast)).toBeUndefined();
  });
});

describe('a changing path', () => {
  it.each([
    ['its class', 20, 2],
    ['a figure', 60, 0],
  ])('is written at once for %s', async (_what, latency, loss) => {
    const { time, report, writes, fast, context } = await reportingWorld();
    await report(20);
    await time.advance(MINUTE);
    await report(20);
    writes.length = 0;
    await time.advance(MINUTE);
    await report(latency, loss);
    expect(writes).toContain(`${db.tables.traffic} METRICS`);
    expect(await readMetricsWithLane(context, fast)).toMatchObject({
      latency_ms: latency,
      packet_loss_pct: loss,
    });
  });

  it('settles over three measurements of which none was written', async () => {
    const { time, report, writes, fast, context } = await reportingWorld();
    // 1 % is 80.6; 1.05 % is 79.8, which changes no figure enough.
    for (const loss of [1, 1.05, 1.05]) {
      await report(20, loss);
      await time.advance(MINUTE);
    }
    expect(await readMetricsWithLane(context, fast)).toMatchObject({ packet_loss_pct: 1 });
    writes.length = 0;
    await report(20, 1.05);
    expect(writes).toContain(`${db.tables.traffic} METRICS`);
    expect((await readMetricsWithLane(context, fast))?.settled_score).toBeLessThan(80);
  });

  it('fails over and back by reports, also in a new function', async () => {
    const { time, report, done } = await reportingWorld();
    await report(20);
    await time.advance(MINUTE);
    await report(20, 50);
    expect(done).toEqual(['failoverPath']);
    const other = routingFunction(db, time);
    for (let minute = 0; minute < 3; minute++) {
      await time.advance(MINUTE);
      await report(20, 0, { monitor: minute === 0 ? other.reports : undefined } as never);
    }
    expect([...done, ...other.done]).toEqual(['failoverPath', 'failbackPath']);
  });
});
