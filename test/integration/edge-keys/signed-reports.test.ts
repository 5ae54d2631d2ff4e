import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { edgeKeysKey } from '../../../core/edge-keys/edge-key-items.ts';
import { EdgeKeyMemory, KEYS_FRESH_MS } from '../../../core/edge-keys/edge-key-memory.ts';
import { ingest } from '../../../core/ingest/ingest.ts';
import type { IngestContext } from '../../../core/ingest/ingest-context.ts';
import { listQuarantine } from '../../../core/ingest/read-quarantine.ts';
import type { StreamRecord } from '../../../core/ingest/stream-record.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import { type ApiUnderTest, makeApi } from '../../support/api.ts';
import { signByHand, signedRecord, type TestKey, testKey } from '../../support/edge-keys.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { rawRecord, reportRecord, T0 } from '../../support/report-records.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const SITE = '550e8400-e29b-41d4-a716-446655440000';
const MINUTE = 60_000;

let db: TestTables;
let api: ApiUnderTest;
let a: TestKey;
let b: TestKey;
/** Of the function, milliseconds; the stream's time as well. */
let now: number;
let sequence: number;
let edge_keys: EdgeKeyMemory;

beforeEach(async () => {
  db = await createTables();
  api = makeApi(db);
  [a, b] = await Promise.all([testKey('a'), testKey('b')]);
  now = T0;
  sequence = 0;
  edge_keys = new EdgeKeyMemory();
});
afterEach(() => db.drop());

/** The next report of an edge with this total of packets, as it arrives in the stream now. */
function report(packets: bigint, { edge_id = 'edge-7' } = {}): StreamRecord {
  const seq = ++sequence;
  return reportRecord(
    { edge_id, seq, policies: [{ policy_id: 'p', packets, active_flows: 1 }] },
    { sequence: seq, arrived_ms: now - T0 },
  );
}

function at(ms: number): void {
  now = T0 + ms;
  api.now = now;
}

async function deliver(records: StreamRecord[], more: Partial<IngestContext> = {}): Promise<IngestContext> {
  const context = ingestContext({ ...db, edge_keys, clock: () => now, deadline: now + MINUTE, ...more });
  expect(await ingest(records, context)).toEqual([]);
  return context;
}

async function counted(): Promise<bigint> {
  return (await readCounters(db.client, db.tables)).get('p')?.packets ?? 0n;
}

async function quarantined(): Promise<[reason: string, detail: string][]> {
  const list: [string, string][] = [];
  for await (const { reason, message } of listQuarantine(db.client, db.tables)) {
    list.push([reason, /\((.*)\)\.$/.exec(message)?.[1] ?? '']);
  }
  return list;
}

function register(key?: TestKey, id = 'edge-7') {
  api.now = now;
  return api.data('Mutation.registerEdge', { id, site_id: SITE, ...(key && { public_key: key.public_key }) });
}

describe('an edge with a key', () => {
  it('counts its signed reports, and one spoofed record neither raises its total nor silences it', async () => {
    await register(a);
    at(1000);
    await deliver([signedRecord(report(10n), a)]);
    const spoofed = report(900_000_000_000n);
    const context = await deliver([spoofed, signedRecord(report(30n), a)]);
    expect(await counted()).toBe(30n);
    expect(await quarantined()).toEqual([['unsigned', 'edge "edge-7" has a key']]);
    expect(context.tally).toMatchObject({ ReportsApplied: 1, ReportsQuarantined: 1, ReportsNotAuthentic: 1 });
  });

  it("cannot be imitated by another edge, even with that edge's own key", async () => {
    await register(a);
    await register(b, 'edge-8');
    at(1000);
    const foreign = report(5n);
    const claimed = report(6n);
    await deliver([
      signedRecord(foreign, b),
      signedRecord(claimed, b, { header: { alg: 'Ed25519', kid: a.kid } }),
      // Correctly signed by edge-8, as edge-8, for the report of edge-7.
      { ...signedRecord(report(7n), b), partition_key: 'edge-8' },
    ]);
    expect(await counted()).toBe(0n);
    expect(await quarantined()).toEqual([
      ['unknown_key', `edge "edge-7" has no key ${b.kid}`],
      ['bad_signature', `key ${a.kid} did not sign it`],
      ['foreign_edge', 'edge_id is "edge-7", the partition key is "edge-8"'],
    ]);
  });

  it('does not count reports that were changed in transit', async () => {
    await register(a);
    at(1000);
    const record = signedRecord(report(5n), a);
    const [header, , signature] = record.data.toString().split('.');
    const payload = Buffer.from(report(900n).data).toString('base64url');
    await deliver([{ ...record, data: Buffer.from(`${header}.${payload}.${signature}`) }]);
    expect(await counted()).toBe(0n);
    expect(await quarantined()).toEqual([['bad_signature', `key ${a.kid} did not sign it`]]);
  });

  it('counts a signed report once if it is delivered or sent several times', async () => {
    await register(a);
    at(1000);
    const record = signedRecord(report(5n), a);
    await deliver([record, record]);
    await deliver([{ ...record, sequence_number: '99999', arrived_at_ms: now + 5 }]);
    expect(await counted()).toBe(5n);
    expect(await quarantined()).toEqual([]);
  });

  it('is judged by the limits of a report inside the signature', async () => {
    await register(a);
    at(1000);
    const garbage = rawRecord(signByHand(Buffer.from('boo'), a), {
      partition_key: 'edge-7',
      arrived_ms: 1000,
    });
    await deliver([garbage]);
    expect((await quarantined()).map(([reason]) => reason)).toEqual(['not_json']);
  });
});

describe('the validity of keys', () => {
  it('unsigned reports count only if they arrived before the first key, whenever they are judged', async () => {
    await deliver([report(1n)]);
    const before = report(2n);
    at(MINUTE);
    await register(a);
    const after = report(900n);
    at(2 * MINUTE);
    await deliver([before, after]);
    expect(await counted()).toBe(2n);
    expect(await quarantined()).toEqual([['unsigned', 'edge "edge-7" has a key']]);
  });

  it('a key does not cover a signed report from before its registration', async () => {
    const early = signedRecord(report(5n), a);
    at(MINUTE);
    await register(a);
    await deliver([early, signedRecord(report(7n), a)]);
    expect(await counted()).toBe(7n);
    expect(await quarantined()).toEqual([
      [
        'unknown_key',
        `key ${a.kid} is good from 2026-01-31T12:01:00.000Z on, the report arrived at 2026-01-31T12:00:00.000Z`,
      ],
    ]);
  });

  it('a key that is registered with an earlier start is valid for reports since then', async () => {
    await register(a);
    at(MINUTE);
    const early = signedRecord(report(5n), b);
    at(2 * MINUTE);
    const from = '2026-01-31T12:00:30Z';
    await api.data('Mutation.rotateEdgeKey', { edge_id: 'edge-7', public_key: b.public_key, from });
    await deliver([early]);
    expect(await counted()).toBe(5n);
  });

  it('two keys are valid at the same time, until one is revoked', async () => {
    await register(a);
    at(MINUTE);
    await api.data('Mutation.rotateEdgeKey', { edge_id: 'edge-7', public_key: b.public_key });
    await deliver([signedRecord(report(1n), a), signedRecord(report(2n), b), signedRecord(report(3n), a)]);
    expect(await counted()).toBe(3n);
    const late = signedRecord(report(4n), a);
    at(2 * MINUTE);
    await api.data('Mutation.revokeEdgeKey', { edge_id: 'edge-7', kid: a.kid });
    at(3 * MINUTE);
    // Reports that arrived while the key was valid count, also if they are delivered later.
    await deliver([late, signedRecord(report(900n), a), signedRecord(report(5n), b)]);
    expect(await counted()).toBe(5n);
    expect(await quarantined()).toEqual([
      [
        'unknown_key',
        `key ${a.kid} is good from 2026-01-31T12:00:00.000Z to 2026-01-31T12:02:00.000Z, the report arrived at 2026-01-31T12:03:00.000Z`,
      ],
    ]);
  });

  it('a stolen key is revoked as of the time of the theft', async () => {
    await register(a);
    at(MINUTE);
    const good = signedRecord(report(5n), a);
    at(2 * MINUTE);
    const stolen = signedRecord(report(900n), a);
    at(3 * MINUTE);
    const revoke = (time: string) =>
      api.data('Mutation.revokeEdgeKey', { edge_id: 'edge-7', kid: a.kid, at: time });
    await revoke('2026-01-31T12:02:30Z');
    expect((await revoke('2026-01-31T12:01:30Z')).keys[0].until).toBe('2026-01-31T12:01:30.000Z');
    // A later time does not extend the validity.
    expect((await revoke('2026-01-31T12:02:30Z')).keys[0].until).toBe('2026-01-31T12:01:30.000Z');
    await deliver([good, stolen, report(901n)]);
    expect(await counted()).toBe(5n);
    expect((await quarantined()).map(([reason]) => reason)).toEqual(['unknown_key', 'unsigned']);
  });

  it('an administrator gives another key to an edge that lost its own', async () => {
    await register(a);
    at(MINUTE);
    await api.data('Mutation.revokeEdgeKey', { edge_id: 'edge-7', kid: a.kid });
    await deliver([signedRecord(report(900n), a)]);
    await register(b);
    await deliver([signedRecord(report(6n), b)]);
    expect(await counted()).toBe(6n);
  });
});

describe("ingest's memory of keys", () => {
  it.each([
    ['a new key', KEYS_FRESH_MS - 1],
    ['a new key after the memory has expired', KEYS_FRESH_MS],
  ])('%s is read from the table before a rejection', async (_, ms) => {
    await register();
    await deliver([report(1n)]);
    await register(a);
    at(ms);
    await deliver([signedRecord(report(2n), a)]);
    expect(await counted()).toBe(2n);
  });

  it('unsigned reports are rejected at most a second after the registration of the key', async () => {
    await register();
    await deliver([report(1n)]);
    await register(a);
    at(KEYS_FRESH_MS);
    await deliver([report(900n)]);
    expect(await counted()).toBe(1n);
    expect((await quarantined()).map(([reason]) => reason)).toEqual(['unsigned']);
  });

  it('a revoked key is rejected at most a second later', async () => {
    await register(a);
    await deliver([signedRecord(report(1n), a)]);
    await api.data('Mutation.revokeEdgeKey', { edge_id: 'edge-7', kid: a.kid });
    at(KEYS_FRESH_MS);
    await deliver([signedRecord(report(900n), a)]);
    expect(await counted()).toBe(1n);
  });

  it('with unreadable keys of an edge, ingest quarantines its records and counts those of others', async () => {
    const Item = { ...edgeKeysKey('edge-7'), revision: 1, keys: [{ kid: a.kid, x: 'later', from: 'soon' }] };
    await db.client.send(new PutCommand({ TableName: db.tables.network, Item }));
    const warned: unknown[] = [];
    const context = { warn: (message: string) => void warned.push(message) };
    await deliver([report(900n), signedRecord(report(901n), a), report(3n, { edge_id: 'edge-8' })], context);
    expect(await counted()).toBe(3n);
    expect((await quarantined()).map(([reason]) => reason)).toEqual(['unsigned', 'unknown_key']);
    expect(warned[0]).toBe('The keys of an edge can not be read: its reports are put into the quarantine.');
  });
});

describe('require_signed_reports', () => {
  it('rejects every unsigned report of any edge', async () => {
    await register(a);
    at(1000);
    await deliver([report(1n, { edge_id: 'edge-9' }), signedRecord(report(5n), a)], { require_signed: true });
    expect(await counted()).toBe(5n);
    expect(await quarantined()).toEqual([['unsigned', 'this system counts no unsigned report']]);
  });
});
