import {
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  paginateScan,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { ingest } from '../../../core/ingest/ingest.ts';
import { LaneMemory } from '../../../core/ingest/lane-memory.ts';
import { moveLanes } from '../../../core/ingest/recovery/move-lanes.ts';
import { recoverCounters } from '../../../core/ingest/recovery/recover-counters.ts';
import { tidyGenerations } from '../../../core/ingest/recovery/tidy-generations.ts';
import type { StreamRecord } from '../../../core/ingest/stream-record.ts';
import { beginBuilding, forgetRetired, showBuilt } from '../../../core/ledger/figures/counter-generations.ts';
import { readCountersHead } from '../../../core/ledger/figures/counter-slots.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import { resetAllStats, resetPolicyStats } from '../../../core/ledger/figures/reset-stats.ts';
import { auditTraffic } from '../../../core/ledger/figures/traffic-audit.ts';
import type { Item } from '../../../core/storage/item.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { auditEntries } from '../../support/audit-entries.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';
import { FAULTS, type FaultyClient, faultyClient, REFUSALS } from '../../support/faults.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { type Random, seededRandom } from '../../support/random.ts';
import { reportRecord, T0 } from '../../support/report-records.ts';
import { withRights } from '../../support/rights/as-function.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

/** As the clean-up does. */
const tidy = withRights('cleanup', tidyGenerations);

const ACTOR = systemCaller('recover');

/** Edges that report totals since boot through ingest, with everything that they ever counted. */
class Edges {
  readonly sent: StreamRecord[] = [];
  readonly #memory = new LaneMemory();
  readonly #random: Random;
  readonly #lanes = new Map<string, { boot: number; seq: number; totals: Map<string, bigint> }>();
  readonly #expected = new Map<string, bigint>();
  readonly #policies: number;
  #sequence = 0;

  constructor(seed: number, { policies = 6 } = {}) {
    this.#random = seededRandom(seed);
    this.#policies = policies;
  }

  /** The next report of an edge, in the stream. Sometimes it begins a new boot. */
  next(edge_id: string): StreamRecord {
    const random = this.#random;
    const known = this.#lanes.get(edge_id);
    const lane =
      known && !random.chance(0.2) ? known : { boot: (known?.boot ?? 0) + 1, seq: 0, totals: new Map() };
    this.#lanes.set(edge_id, lane);
    lane.seq += 1;
    for (let policy = 0; policy < this.#policies; policy++) {
      if (this.#policies < 50 && random.chance(0.4)) continue;
      const more = BigInt(random.below(1000));
      const id = `p-${policy}`;
      lane.totals.set(id, (lane.totals.get(id) ?? 0n) + more);
      this.#expected.set(id, (this.#expected.get(id) ?? 0n) + more);
      if (!isEstimated(lane)) continue;
      const key = `${id} estimated`;
      this.#expected.set(key, (this.#expected.get(key) ?? 0n) + more);
    }
    this.#sequence += 1;
    const policies = [...lane.totals].map(([policy_id, packets]) => ({
      policy_id,
      packets,
      bytes: packets * 1000n,
      active_flows: 1,
    }));
    const sent_ms = this.#sequence * 10;
    const record = reportRecord(
      {
        ...{ edge_id, boot_id: `${edge_id}-boot-${lane.boot}`, seq: lane.seq, sent_ms, policies },
        ...(isEstimated(lane) && { estimated: true }),
      },
      { sequence: this.#sequence, arrived_ms: sent_ms, shard: this.#sequence % 3 },
    );
    this.sent.push(record);
    return record;
  }

  async report({ client, tables }: Store, edges: readonly string[], memory = this.#memory): Promise<void> {
    for (const edge_id of edges) {
      expect(await ingest([this.next(edge_id)], ingestContext({ client, tables, memory }))).toEqual([]);
    }
  }

  get expected(): Record<string, bigint> {
    return Object.fromEntries([...this.#expected].filter(([, packets]) => packets > 0n).sort());
  }
}

/** Every other boot of an edge scales its counts from samples. */
function isEstimated({ boot }: { boot: number }): boolean {
  return boot % 2 === 0;
}

type Store = Pick<TestTables, 'client' | 'tables'>;

const EDGES = ['edge-1', 'edge-2', 'edge-3', 'edge-4'];

/** A clock that moves only by sleeping. */
function time(now = T0 + 1e6) {
  let at = now;
  return {
    clock: () => at,
    sleep: async (ms: number) => {
      at += ms;
    },
    random: () => 0.5,
  };
}

async function counted(store: Store): Promise<Record<string, bigint>> {
  const counters = await readCounters(store.client, store.tables);
  const packets = [...counters].flatMap(([id, counts]): [string, bigint][] => [
    [id, counts.packets],
    [`${id} estimated`, counts.estimated_bytes / 1000n],
  ]);
  return Object.fromEntries(packets.filter(([, count]) => count > 0n).sort());
}

async function mismatches({ client, tables }: Store): Promise<unknown[]> {
  return (await auditTraffic({ client, tables, clock: () => 0, deadline: 1 })).mismatches;
}

async function itemsOf({ client, tables }: Store): Promise<Item[]> {
  const items: Item[] = [];
  const scan = { TableName: tables.traffic, ConsistentRead: true };
  for await (const { Items = [] } of paginateScan({ client }, scan)) items.push(...Items);
  return items;
}

async function fill({ client, tables }: Store, items: readonly Item[]): Promise<void> {
  for (let from = 0; from < items.length; from += 25) {
    const requests = items.slice(from, from + 25).map(Item => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteCommand({ RequestItems: { [tables.traffic]: requests } }));
  }
}

const REBUILT =
  'The counters are being rebuilt (npm run recover). Reset statistics when that is done, in some minutes.';

/** A client that lets this happen before its first transaction. */
function beforeTransaction({ client }: Store, meanwhile: () => Promise<unknown>): DynamoDBDocumentClient {
  let happened = false;
  return clientWith(async command => {
    if (command instanceof TransactWriteCommand && !happened) {
      happened = true;
      await meanwhile();
    }
    return client.send(command as never);
  });
}

describe('rebuilt counters', () => {
  const opened: TestTables[] = [];
  const open = async (): Promise<TestTables> => {
    const db = await createTables();
    opened.push(db);
    return db;
  };
  afterEach(async () => {
    for (const db of opened.splice(0)) await db.drop();
  });

  const recover = (store: Store, more: { restart?: boolean } = {}) =>
    recoverCounters({ ...store, ...time() }, { actor: ACTOR, ...more });

  /** Runs an action before every n-th call of the recovery. */
  const beside = (store: Store, every: number, work: () => Promise<void>): Store => {
    let calls = 0;
    let worked = 0;
    const client = clientWith(async command => {
      const weight = command instanceof QueryCommand ? 1 : 20;
      calls += weight;
      if (calls % (every * 20) < weight && worked++ < 40) await work();
      return store.client.send(command as never);
    });
    return { client, tables: store.tables };
  };

  it('equal the lanes, independent of the old ones, while edges report and the audit runs', async () => {
    const db = await open();
    const edges = new Edges(1);
    for (let round = 0; round < 5; round++) await edges.report(db, EDGES);
    await fill(db, [{ pk: 'COUNTER#3', sk: 'p-1', packets: 77_777, bytes: 5 }]);
    expect(await mismatches(db)).toHaveLength(1);
    let turn = 0;
    const busy = beside(db, 3, async () => {
      turn += 1;
      await edges.report(db, [EDGES[turn % 4]!]);
      // A new lane now and then.
      if (turn % 4 === 0) await edges.report(db, [`new-${turn}`]);
      if ((await readCountersHead(db)).building !== undefined) expect(await mismatches(db)).toEqual([]);
    });
    expect(await recover(busy)).toMatchObject({ shown: true });
    expect(turn).toBeGreaterThan(3);
    expect(await counted(db)).toEqual(edges.expected);
    await edges.report(db, [...EDGES, 'new-again']);
    expect(await counted(db)).toEqual(edges.expected);
    expect(await mismatches(db)).toEqual([]);
  });

  it('read lanes of hundreds of policies in chunks, with reports in between', async () => {
    const db = await open();
    const edges = new Edges(2, { policies: 60 });
    const wide = new Edges(3, { policies: 80 });
    await edges.report(db, ['edge-1']);
    await wide.report(db, ['edge-w']);
    // Policies of three boots: 240 in the lane.
    const far = (boot: number) =>
      Array.from({ length: 80 }, (_, id) => ({ policy_id: `q-${boot}-${id}`, packets: 1n, active_flows: 1 }));
    for (const boot of [1, 2, 3]) {
      const sketch = { edge_id: 'edge-far', boot_id: `boot-${boot}`, sent_ms: boot, policies: far(boot) };
      expect(await ingest([reportRecord(sketch, { sequence: 1e6 + boot })], ingestContext(db))).toEqual([]);
    }
    // Its policies continue in the middle of the move: some have moved, some have not.
    let seq = 1;
    const busy = beside(db, 3, async () => {
      seq += 1;
      const more = ['q-1-5', 'q-3-70'].map(policy_id => ({
        policy_id,
        packets: BigInt(seq),
        active_flows: 1,
      }));
      const named = new Map([...far(3).slice(0, 79), ...more].map(pair => [pair.policy_id, pair]));
      const sketch = {
        edge_id: 'edge-far',
        boot_id: 'boot-3',
        seq,
        sent_ms: 3 + seq,
        policies: [...named.values()],
      };
      expect(await ingest([reportRecord(sketch, { sequence: 2e6 + seq })], ingestContext(db))).toEqual([]);
    });
    await recover(busy);
    expect(await mismatches(db)).toEqual([]);
    expect(await counted(db)).toMatchObject({
      'q-1-0': 1n,
      'q-1-5': 1n + BigInt(seq),
      'q-2-7': 1n,
      'q-3-70': BigInt(seq),
      'q-3-79': 1n,
    });
    await edges.report(db, ['edge-1']);
    expect(await mismatches(db)).toEqual([]);
  });

  it('reject a reset of statistics in the meantime', async () => {
    const db = await open();
    const edges = new Edges(4);
    await edges.report(db, EDGES);
    let refused = 0;
    const store = { ...db, ...time(), deadline: T0 + 1e9 };
    const busy = beside(db, 4, async () => {
      if ((await readCountersHead(db)).building === undefined) return;
      await expect(resetAllStats(store, { actor: ACTOR })).rejects.toThrow(REBUILT);
      refused += 1;
    });
    await recover(busy);
    expect(refused).toBeGreaterThan(0);
    expect(await resetAllStats(store, { actor: ACTOR })).toMatchObject({ policies: 6 });
  });

  it.each([
    ['all policies', (store: StoreContext) => resetAllStats(store, { actor: ACTOR })],
    [
      'one policy',
      (store: StoreContext) => resetPolicyStats(store, { actor: ACTOR, policy_id: 'p-0', defined: true }),
    ],
  ])('reject a reset of %s that read the counters before they began to be rebuilt', async (_, reset) => {
    const db = await open();
    await new Edges(11).report(db, EDGES);
    const store = { ...db, ...time(), deadline: T0 + 1e9 };
    const client = beforeTransaction(db, () => beginBuilding(store, { actor: ACTOR }));
    await expect(reset({ ...store, client })).rejects.toThrow(REBUILT);
  });

  it('forget each generation once it is removed, if others are forgotten at the same time', async () => {
    const db = await open();
    await recover(db);
    await recover(db);
    const store = { ...db, ...time(), deadline: T0 + 1e9 };
    const { retired } = await readCountersHead(db);
    const [one, other] = retired.map(({ generation }) => generation) as [number, number];
    const client = beforeTransaction(db, () => forgetRetired(store, other));
    await forgetRetired({ ...store, client }, one);
    expect((await readCountersHead(db)).retired).toEqual([]);
  });

  it('begin with two entries in the audit log, and old counters are removed an hour later', async () => {
    const db = await open();
    const edges = new Edges(5);
    await edges.report(db, EDGES);
    await recover(db);
    expect(await auditEntries(db)).toMatchObject([
      { pk: 'CHANGE#2026-01', operation: 'recoverCounters' },
      { operation: 'recoverCounters' },
    ]);
    // A lane that a function created after it had read the head earlier.
    const head = (await itemsOf(db)).filter(({ pk }) => pk === 'COUNTERS');
    const early = await open();
    await edges.report(early, ['edge-late'], new LaneMemory());
    await fill(
      db,
      (await itemsOf(early)).filter(({ pk }) => pk !== 'COUNTERS'),
    );
    expect(head).toHaveLength(1);
    expect(await mismatches(db)).not.toEqual([]);
    const at = (ms: number) => ({ ...db, ...time(T0 + 1e6 + ms), deadline: T0 + 1e9 });
    expect(await tidy(at(1000))).toEqual({ lanes_moved: 1, counters_removed: 0 });
    expect(await mismatches(db)).toEqual([]);
    expect((await tidy(at(3_700_000))).counters_removed).toBeGreaterThan(0);
    expect(await tidy(at(3_700_000))).toEqual({ lanes_moved: 0, counters_removed: 0 });
    expect((await itemsOf(db)).filter(({ pk }) => /^COUNTER#\d/.test(String(pk)))).toEqual([]);
    expect(await counted(db)).toEqual(edges.expected);
  });

  it('are right if any call of the recovery is killed or fails', async () => {
    const db = await open();
    const edges = new Edges(6, { policies: 3 });
    await edges.report(db, EDGES);
    const faults = FAULTS.filter(fault => !REFUSALS.includes(fault));
    const random = seededRandom(6);
    for (let call = 0; ; call++) {
      const named = (): number => faulty.calls.filter(name => name !== 'QueryCommand').length;
      const isIt = (at: number): boolean => faulty.calls[at] !== 'QueryCommand' && named() === call + 1;
      const faulty: FaultyClient<DynamoDBDocumentClient> = faultyClient(db.client, at =>
        isIt(at) ? random.pick(faults) : undefined,
      );
      const again = async (client: DynamoDBDocumentClient) => {
        try {
          return await recover({ client, tables: db.tables });
        } catch (error) {
          if (client === db.client) throw error;
          return undefined;
        }
      };
      await again(faulty.client);
      await edges.report(db, [random.pick(EDGES)]);
      await Promise.all([again(db.client), again(db.client)]);
      await faulty.landAll();
      expect(await counted(db), `call ${call}`).toEqual(edges.expected);
      expect(await mismatches(db), `call ${call}`).toEqual([]);
      if (named() <= call) break;
    }
  }, 60_000);

  it('are audited again if another recovery moves the lanes during the audit', async () => {
    const db = await open();
    const edges = new Edges(10);
    await edges.report(db, EDGES);
    const context = { ...db, ...time(), deadline: T0 + 1e9 };
    const { generation } = await beginBuilding(context, { actor: ACTOR });
    await moveLanes(context, generation);
    let moved = false;
    const client = clientWith(async command => {
      if (!moved && JSON.stringify((command as { input: object }).input).includes('COUNTER#')) {
        moved = true;
        const next = await beginBuilding(context, { actor: ACTOR, restart: true });
        await moveLanes(context, next.generation);
      }
      return db.client.send(command as never);
    });
    expect(await mismatches({ client, tables: db.tables })).toEqual([]);
    expect(moved).toBe(true);
  });

  it('do not change old counters and lanes while others are being built', async () => {
    const db = await open();
    const edges = new Edges(9);
    await edges.report(db, EDGES);
    await recover(db);
    const later = { ...db, ...time(T0 + 1e7), deadline: T0 + 1e9 };
    await beginBuilding(later, { actor: ACTOR });
    const before = await itemsOf(db);
    expect(await tidy(later)).toEqual({ lanes_moved: 0, counters_removed: 0 });
    expect(await itemsOf(db)).toEqual(before);
    await recover(db);
    expect((await tidy(later)).counters_removed).toBeGreaterThan(0);
    expect(await counted(db)).toEqual(edges.expected);
  });

  it('receive no lane of an abandoned generation, even if a program requests it late', async () => {
    const db = await open();
    const edges = new Edges(8);
    await edges.report(db, EDGES);
    const context = { ...db, ...time(), deadline: T0 + 1e9 };
    const { generation: first } = await beginBuilding(context, { actor: ACTOR });
    expect(await beginBuilding(context, { actor: ACTOR })).toEqual({ generation: first, begun: false });
    expect(await moveLanes(context, first)).toMatchObject({ behind: 4, left: 0 });
    const { generation } = await beginBuilding(context, { actor: ACTOR, restart: true });
    expect(await moveLanes(context, generation)).toMatchObject({ behind: 4, left: 0 });
    const before = await itemsOf(db);
    expect(await moveLanes(context, first)).toMatchObject({ behind: 4, left: 4 });
    expect(await itemsOf(db)).toEqual(before);
    await expect(showBuilt(context, { actor: ACTOR, generation: first })).rejects.toThrow('Another recovery');
    await edges.report(db, EDGES);
    await recover(db);
    expect(await counted(db)).toEqual(edges.expected);
    expect((await readCountersHead(db)).generation).toBe(generation);
    expect(await mismatches(db)).toEqual([]);
  });

  it('drill: a torn image is restored under warm containers, the stream replayed, counters recovered', async () => {
    const old = await open();
    const edges = new Edges(7);
    for (let round = 0; round < 6; round++) await edges.report(old, EDGES);
    // Lanes at one moment, counters at a later one, in which boots were closed.
    const lanes = (await itemsOf(old)).filter(({ pk }) => !/^COUNTER/.test(String(pk)));
    const from = edges.sent.length;
    for (let round = 0; round < 4; round++) await edges.report(old, EDGES);
    const counters = (await itemsOf(old)).filter(({ pk }) => /^COUNTER/.test(String(pk)));
    for (let round = 0; round < 3; round++) await edges.report(old, EDGES);

    const db = await open();
    await fill(db, [...lanes, ...counters]);
    // Warm containers remember lanes of the earlier table.
    await edges.report(db, ['edge-1', 'edge-3']);
    for (const record of edges.sent.slice(from))
      expect(await ingest([record], ingestContext(db))).toEqual([]);
    expect(await mismatches(db)).not.toEqual([]);

    let calls = 0;
    // Its first transactions land.
    const killed = beside(db, 1, async () => {
      if (++calls > 4) throw Object.assign(new Error('killed'), { name: 'AccessDeniedException' });
    });
    await expect(recover(killed, { restart: true })).rejects.toThrow('killed');
    await edges.report(db, EDGES);
    await recover(beside(db, 2, () => edges.report(db, ['edge-2'])));
    expect(await counted(db)).toEqual(edges.expected);
    expect(await mismatches(db)).toEqual([]);
  });
});
