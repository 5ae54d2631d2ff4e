import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EdgeKeyMemory } from '../../../core/edge-keys/edge-key-memory.ts';
import { LaneMemory } from '../../../core/ingest/lane-memory.ts';
import { listQuarantine } from '../../../core/ingest/read-quarantine.ts';
import type { StreamRecord } from '../../../core/ingest/stream-record.ts';
import { laneKey } from '../../../core/ledger/lane-keys.ts';
import { type ApiUnderTest, makeApi } from '../../support/api.ts';
import { countedPackets, DrillEdge, DrillStream, deliver } from '../../support/drill-edge.ts';
import { testKey } from '../../support/edge-keys.ts';
import { T0 } from '../../support/report-records.ts';
import { snapshotAt } from '../../support/snapshot-at.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

// Each drill follows a section of docs/recovery.md step by step; a test compares their names.

const MINUTE = 60_000;

let db: TestTables;
let api: ApiUnderTest;
let now: number;

beforeEach(async () => {
  db = await createTables();
  api = makeApi(db);
  at(0);
});
afterEach(() => db.drop());

function at(minutes: number): void {
  now = T0 + minutes * MINUTE;
  api.now = now;
}

const agrees = async (): Promise<boolean> => (await api.data('Query.trafficAudit')).agrees;

async function quarantined(): Promise<string[]> {
  const reasons: string[] = [];
  for await (const { reason } of listQuarantine(db.client, db.tables)) reasons.push(reason);
  return reasons;
}

describe('drill: the report stream is lost', () => {
  it('a new stream has all counts again after the next reports, to the byte, with the traffic in between in one interval', async () => {
    const [alive, restarted, gone] = ['alive', 'restarted', 'gone'].map(id => new DrillEdge(id)) as [
      DrillEdge,
      DrillEdge,
      DrillEdge,
    ];
    const memory = new LaneMemory();
    const old = new DrillStream(900_000);
    for (const edge of [alive, restarted, gone]) edge.report(old, 10n, now);
    await deliver(db, old.records, { now, memory });
    await snapshotAt(db, now, ['alive', 'restarted', 'gone']);

    // From now on, records on the stream are lost with it, some of them acknowledged.
    at(1);
    for (const edge of [alive, restarted, gone]) edge.report(old, 1_000_003n, now);
    at(2);
    alive.report(old, 7n, now);

    // The new stream has its own, lower numbers. A restarted edge sends the last report of its old
    // boot first.
    at(10);
    const fresh = new DrillStream();
    alive.report(fresh, 5n, now);
    restarted.restart(fresh, now);
    restarted.report(fresh, 11n, now);
    await deliver(db, fresh.records, { now, memory });
    const lost = 1_000_003n;
    const all = alive.counted + restarted.counted + gone.counted;
    expect(await countedPackets(db)).toBe(all - lost);
    expect(await agrees()).toBe(true);

    // The disconnected edge returns: no count of its boot is missing.
    at(11);
    gone.report(fresh, 0n, now);
    await deliver(db, fresh.records.slice(-1), { now, memory });
    expect(await countedPackets(db)).toBe(all);
    expect(await agrees()).toBe(true);
    expect(await quarantined()).toEqual([]);

    await snapshotAt(db, now, ['alive', 'restarted', 'gone']);
    const range = { from: new Date(T0).toISOString(), to: new Date(now).toISOString(), resolution: 'MINUTE' };
    const { points } = await api.data('Query.trafficHistory', range);
    const increments = points.map(({ packets_exact }: { packets_exact: string }) => BigInt(packets_exact));
    expect(increments.reduce((sum: bigint, each: bigint) => sum + each, 0n)).toBe(all - 30n);
  });
});

describe('drill: a deployment is rolled back', () => {
  it('records that the previous release cannot read wait in the quarantine, others are counted; a replay after the next deployment counts all', async () => {
    const [upgraded, other] = [new DrillEdge('upgraded'), new DrillEdge('other')];
    const stream = new DrillStream();
    for (const edge of [upgraded, other]) edge.report(stream, 10n, now);
    await deliver(db, stream.records, { now });

    // For the running code, this lane was written by a later release.
    const key = laneKey('upgraded', 0);
    const { Item: lane } = await db.client.send(
      new GetCommand({ TableName: db.tables.traffic, Key: key, ConsistentRead: true }),
    );
    const put = (Item: object) => db.client.send(new PutCommand({ TableName: db.tables.traffic, Item }));
    await put({ ...lane, version: 'later', data: new Uint8Array([99]) });
    at(1);
    const waiting: StreamRecord[] = [upgraded.report(stream, 20n, now)];
    other.report(stream, 3n, now);
    at(2);
    waiting.push(upgraded.report(stream, 400n, now));
    await deliver(db, stream.records.slice(2), { now });
    expect(await quarantined()).toEqual(['lane_unreadable', 'lane_unreadable']);
    expect(await countedPackets(db)).toBe(10n + other.counted);
    expect(await snapshotAt(db, now, ['upgraded', 'other'])).toMatchObject({ taken: true, bad_lanes: 1 });

    await put(lane!);
    await deliver(db, waiting, { now });
    expect(await countedPackets(db)).toBe(upgraded.counted + other.counted);
    expect(await agrees()).toBe(true);
  });
});

describe('drill: the key of an edge is stolen', () => {
  it("its boots are voided, the key is revoked as of the theft and rotated: the totals are the edge's own counts", async () => {
    const [stolen, fresh] = await Promise.all([testKey('stolen'), testKey('fresh')]);
    await api.data('Mutation.registerEdge', {
      id: 'edge-7',
      site_id: '550e8400-e29b-41d4-a716-446655440000',
      public_key: stolen.public_key,
    });
    const edge = new DrillEdge('edge-7', { key: stolen });
    const bystander = new DrillEdge('edge-8');
    const stream = new DrillStream();
    const edge_keys = new EdgeKeyMemory();
    const memory = new LaneMemory();
    const delivered = async (record: StreamRecord) => {
      await deliver(db, [record], { now, edge_keys, memory });
    };
    at(1);
    await delivered(edge.report(stream, 10n, now));
    await delivered(bystander.report(stream, 4n, now));

    // From minute 2 on an attacker also signs with it: boots that no edge ever ran.
    at(3);
    const thief = new DrillEdge('edge-7', { key: stolen });
    thief.restart(stream, now);
    const forged = [thief.boot_id];
    await delivered(thief.report(stream, 999_999_999n, now));
    await delivered(edge.report(stream, 20n, now));
    at(4);
    thief.restart(new DrillStream(), now);
    forged.push(thief.boot_id);
    await delivered(thief.report(stream, 5n, now));
    expect(await countedPackets(db)).toBeGreaterThan(999_999_999n);

    // 1: the new key. 2: the old one ends, as of the theft. 3: the forged boots are voided.
    at(5);
    const { boots } = await api.data('Query.edgeBoots', { edge_id: 'edge-7' }).then(answer => ({
      boots: (answer.items ?? answer).map(({ boot_id }: { boot_id: string }) => boot_id),
    }));
    expect(boots).toEqual(expect.arrayContaining([edge.boot_id, ...forged]));
    await api.data('Mutation.rotateEdgeKey', { edge_id: 'edge-7', public_key: fresh.public_key });
    await api.data('Mutation.revokeEdgeKey', {
      edge_id: 'edge-7',
      kid: stolen.kid,
      at: new Date(T0 + 2 * MINUTE).toISOString(),
    });
    for (const boot_id of forged) await api.data('Mutation.voidBoot', { edge_id: 'edge-7', boot_id });
    expect(await countedPackets(db)).toBe(edge.counted + bystander.counted);

    // Later reports of the attacker do not count, and neither do the edge's reports with the old
    // key.
    at(6);
    await delivered(thief.report(stream, 5n, now));
    const unheard = edge.report(stream, 40n, now);
    await delivered(unheard);
    expect(await quarantined()).toEqual(['unknown_key', 'unknown_key']);
    edge.key = fresh;
    at(7);
    await delivered(edge.report(stream, 1n, now));
    expect(await countedPackets(db)).toBe(edge.counted + bystander.counted);
    expect(await agrees()).toBe(true);
  });
});
