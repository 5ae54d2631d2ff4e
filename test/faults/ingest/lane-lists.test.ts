import { PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { ingest } from '../../../core/ingest/ingest.ts';
import { LaneMemory } from '../../../core/ingest/lane-memory.ts';
import { withdrawSilentGauges } from '../../../core/ingest/silent-gauges.ts';
import type { StreamRecord } from '../../../core/ingest/stream-record.ts';
import { readAllLanes } from '../../../core/ledger/figures/read-lanes.ts';
import { laneTotals } from '../../../core/ledger/lane/lane-totals.ts';
import { findLanes, readLanesWhere } from '../../../core/ledger/listing/find-lanes.ts';
import { listedSince, listingGroups, noteListing } from '../../../core/ledger/listing/listing-state.ts';
import { voidBoot } from '../../../core/ledger/voids/void-boot.ts';
import type { DimensionFilter } from '../../../core/totals/dimension-filter.ts';
import { firstCall, randomRuns } from '../../support/call-step.ts';
import { clientWith, FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { FAULTS, type Fault, faultyClient, REFUSALS } from '../../support/faults.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { type Random, seededRandom } from '../../support/random.ts';
import { type ReportSketch, reportRecord, T0 } from '../../support/report-records.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const EDGES = ['a', 'b', 'b#1'];
const SITES = ['north', 'south', 'east'];
const ENDPOINTS = ['wan1', 'wan2', 'lte', 'sat'];
const FIRST_SEED = firstCall(12);
const SEEDS = Array.from({ length: randomRuns(12) }, (_, index) => (FIRST_SEED + index) % 12);

/** Edges that change sites and endpoints, on a database in memory, under one clock. */
class ListedWorld {
  readonly store = new FakeDynamoDb();
  now = T0;
  readonly #random: Random;
  readonly #boots = new Map<string, { boot: number; seq: number; totals: Map<string, bigint> }>();
  readonly #sent: StreamRecord[] = [];
  #memory = new LaneMemory();

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  get #db() {
    return { client: this.store.client, tables: TABLES };
  }

  get context() {
    const sleep = async (ms: number) => {
      this.now += ms;
    };
    return { ...this.#db, clock: () => this.now, sleep, random: () => 0.5, deadline: this.now + MINUTE };
  }

  /** What the queries read with. */
  get reader() {
    return { ...this.context, table: TABLES.traffic };
  }

  /** A function of this release counts some reports; it may be killed, or its calls fail. */
  async report({ faults = 0 } = {}): Promise<void> {
    const records = this.#records();
    await this.#ingest(records, this.#faulty(faults));
    // Kinesis delivers unfinished records again.
    await this.#ingest(records, this.store.client);
  }

  /** A function of the release before the lists counts some reports. */
  async reportByOldRelease(): Promise<void> {
    this.#memory = new LaneMemory();
    await this.#ingest(this.#records(), withoutLists(this.store));
    this.#memory = new LaneMemory();
  }

  /** Counts one report of edge-1. */
  async ingestOne(sketch: ReportSketch, { by_old_release = false } = {}): Promise<void> {
    const place = { arrived_ms: this.now - T0, sequence: sketch.seq! };
    const record = reportRecord({ sent_ms: this.now - T0, ...sketch }, place);
    this.#memory = new LaneMemory();
    await this.#ingest([record], by_old_release ? withoutLists(this.store) : this.store.client);
  }

  async cleanUp({ faults = 0 } = {}): Promise<void> {
    const client = this.#faulty(faults);
    await withdrawSilentGauges({ ...this.context, client }).catch(planned);
  }

  async voidSome(): Promise<void> {
    const edge_id = this.#random.pick(EDGES);
    const { boot = 1 } = this.#boots.get(edge_id) ?? {};
    const given = { actor: systemCaller('test'), edge_id, boot_id: `boot-${boot}` };
    await voidBoot(this.context, given).catch((error: Error) => {
      if (error.name !== 'NotFound' && error.name !== 'Conflict') throw error;
    });
    this.#boots.set(edge_id, { boot: boot + 1, seq: 0, totals: new Map() });
  }

  restart(): void {
    this.#memory = new LaneMemory();
  }

  /** Each filter finds, with or without the lists, the same as a scan of all lanes. */
  async expectFound(): Promise<void> {
    const all = await collected(readAllLanes(this.store.client, TABLES));
    const filters: DimensionFilter[] = [
      ...SITES.map(site_id => ({ site_id })),
      ...ENDPOINTS.map(endpoint_id => ({ endpoint_id })),
      ...EDGES.map(edge_id => ({ edge_id })),
      ...SITES.map(site_id => ({ site_id, endpoint_id: 'lte' })),
      { site_ids: SITES },
      { site_ids: SITES, not: { edge_ids: EDGES.slice(1) } },
      { endpoint_ids: ENDPOINTS },
      { edge_ids: EDGES.slice(1), not: { site_ids: SITES.slice(1) } },
      { not: { endpoint_ids: ENDPOINTS.slice(1) } },
    ];
    for (const filter of filters) {
      const due = all.filter(
        lane =>
          isLet(filter.edge_id, filter.edge_ids, filter.not?.edge_ids, lane.edge_id) &&
          isLet(filter.site_id, filter.site_ids, filter.not?.site_ids, lane.site_id) &&
          (!JSON.stringify(filter).includes('endpoint_id') ||
            laneTotals(lane).some(({ endpoint_id }) =>
              isLet(filter.endpoint_id, filter.endpoint_ids, filter.not?.endpoint_ids, endpoint_id),
            )),
      );
      const found = await collected(readLanesWhere(this.reader, filter));
      expect(names(found), JSON.stringify(filter)).toEqual(names(due));
    }
  }

  /** Whether readers use the lists. */
  async usesLists(): Promise<boolean> {
    return (await findLanes(this.reader, { site_id: 'north' })) !== undefined;
  }

  #records(): StreamRecord[] {
    const random = this.#random;
    return Array.from({ length: 1 + random.below(4) }, () => {
      if (this.#sent.length > 0 && random.chance(0.2)) return random.pick(this.#sent);
      const edge_id = random.pick(EDGES);
      const part = random.below(2);
      const state = this.#boots.get(edge_id) ?? { boot: 1, seq: 0, totals: new Map<string, bigint>() };
      if (random.chance(0.2)) Object.assign(state, { boot: state.boot + 1, seq: 0, totals: new Map() });
      this.#boots.set(edge_id, state);
      state.seq += 1;
      for (const endpoint of ENDPOINTS.slice(0, 1 + random.below(ENDPOINTS.length))) {
        if (random.chance(0.4)) state.totals.set(endpoint, (state.totals.get(endpoint) ?? 0n) + 1n);
      }
      const sketch: ReportSketch = {
        ...{ edge_id, part, parts: 2, seq: state.seq, boot_id: `boot-${state.boot}` },
        site_id: random.pick(SITES),
        sent_ms: this.now - T0 - random.below(2) * MINUTE,
        policies: Array.from(state.totals, ([endpoint_id, packets]) => ({
          ...{ policy_id: `${part}-${endpoint_id}`, endpoint_id, packets, active_flows: 1 },
        })),
      };
      const record = reportRecord(sketch, { arrived_ms: this.now - T0, sequence: this.#sent.length });
      this.#sent.push(record);
      return record;
    });
  }

  async #ingest(records: readonly StreamRecord[], client: ReturnType<typeof clientWith>): Promise<void> {
    const { clock, sleep, deadline } = this.context;
    const context = { ...this.#db, client, memory: this.#memory, clock, sleep, deadline };
    await ingest(records, ingestContext(context)).catch(planned);
  }

  #faulty(probability: number) {
    const random = this.#random;
    const faults = FAULTS.filter(fault => !REFUSALS.includes(fault));
    const faultOf = (): Fault | undefined => (random.chance(probability) ? random.pick(faults) : undefined);
    return faultyClient(this.store.client, faultOf).client;
  }
}

/** A client of the release before the lists: it writes none, and its lanes do not refer to any. */
function withoutLists(store: FakeDynamoDb) {
  return clientWith(async command => {
    if (command instanceof PutCommand && /^(SITE|ENDPOINT)#/.test(String(command.input.Item?.pk))) return {};
    if (command instanceof TransactWriteCommand) {
      for (const { Put } of command.input.TransactItems ?? []) delete Put?.Item?.listed;
    }
    return store.send(command);
  });
}

/** The errors of a faulty client, or of the functions for it. */
function planned(error: Error & { code?: string }): void {
  const named = /^(Killed|Throttled|Conflict|TimeoutError|InternalServerError)$|Exception$/;
  if (!named.test(error.name) && error.code !== 'ECONNRESET') throw error;
}

async function collected<T>(all: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of all) list.push(one);
  return list;
}

function names(lanes: readonly { edge_id: string; part: number }[]): string[] {
  return lanes.map(({ edge_id, part }) => `${edge_id} ${part}`).sort();
}

describe('readers of a site, an endpoint or an edge', () => {
  it.each(SEEDS)('find every lane that a scan of all lanes finds, seed %i', async seed => {
    const random = seededRandom(1000 + seed);
    const world = new ListedWorld(seed);
    for (let step = 0; step < 25; step++) {
      const faults = random.chance(0.4) ? 0.15 : 0;
      // Idle pairs leave their lanes after a day or two.
      world.now += random.pick([1000, MINUTE, 5 * MINUTE, 26 * HOUR]);
      if (random.chance(0.1)) await world.voidSome();
      else if (random.chance(0.3)) await world.cleanUp({ faults });
      else await world.report({ faults });
      if (random.chance(0.2)) world.restart();
      await world.expectFound();
    }
  });

  it.each(SEEDS)(
    'find the lanes of earlier releases, before and after they are listed, seed %i',
    async seed => {
      const random = seededRandom(2000 + seed);
      const world = new ListedWorld(seed);
      for (let phase = 0; phase < 3; phase++) {
        for (let report = 0; report < 6; report++) {
          await world.reportByOldRelease();
          world.now += MINUTE;
          await world.expectFound();
        }
        // The knowledge of the clean-up from before an earlier release came back is valid for 20
        // minutes.
        world.now += 21 * MINUTE;
        for (let minute = 0; minute < 30; minute++) {
          if (minute % 5 === 0) await world.cleanUp();
          if (random.chance(0.3)) await world.report();
          world.now += MINUTE;
          if (minute % 4 === 0) await world.expectFound();
        }
        expect(await world.usesLists()).toBe(true);
        world.now += 21 * MINUTE;
      }
    },
  );
});

describe('the lists of lanes', () => {
  let world: ListedWorld;
  beforeEach(() => {
    world = new ListedWorld(1);
  });

  const cleanUps = async (minutes: readonly number[]): Promise<boolean[]> => {
    const used: boolean[] = [];
    for (const minute of minutes) {
      world.now = T0 + minute * MINUTE;
      await world.cleanUp();
      used.push(await world.usesLists());
    }
    return used;
  };

  it('are used after two consecutive clean-ups found all lanes listed', async () => {
    await world.report();
    expect(await cleanUps([0, 3, 4, 9])).toEqual([false, false, true, true]);
  });

  it('are used one clean-up later if the first one had lanes to list', async () => {
    await world.reportByOldRelease();
    expect(await cleanUps([0, 5, 10])).toEqual([false, false, true]);
  });

  it('contain the lanes of earlier releases whose next report came before the clean-up', async () => {
    for (let report = 0; report < 6; report++) await world.reportByOldRelease();
    for (let report = 0; report < 12; report++) await world.report();
    expect(await cleanUps([0, 5, 10])).toContain(true);
    await world.expectFound();
  });

  it.each([
    ['the clean-up', () => cleanUps([51 * 60, 51 * 60 + 5, 51 * 60 + 10])],
    [
      'a report',
      () => world.ingestOne({ seq: 3, policies: [{ policy_id: '1', endpoint_id: 'wan2', packets: 3n }] }),
    ],
  ])(
    'contain the endpoints that a lane of an earlier release counted for long ago, listed by %s',
    async (_, listedBy) => {
      const wan1 = { policy_id: '1', endpoint_id: 'wan1', packets: 1n };
      const wan2 = { policy_id: '1', endpoint_id: 'wan2', packets: 1n };
      await world.ingestOne({ seq: 1, policies: [wan1, wan2] }, { by_old_release: true });
      world.now = T0 + 50 * HOUR;
      // The pair at wan1 is unused for a long time: it leaves the lane.
      await world.ingestOne({ seq: 2, policies: [{ ...wan2, packets: 2n }] }, { by_old_release: true });
      world.now += HOUR;
      await listedBy();
      await cleanUps([52 * 60, 52 * 60 + 5, 52 * 60 + 10]);
      expect(await world.usesLists()).toBe(true);
      const found = await collected(readLanesWhere(world.reader, { endpoint_id: 'wan1' }));
      expect(names(found)).toEqual(['edge-1 0']);
    },
  );

  it('contain a lane before it is written', async () => {
    const context = ingestContext({ client: world.store.client, tables: TABLES });
    const client = clientWith(async command => {
      const pk = String(command instanceof PutCommand && command.input.Item?.pk);
      if (pk.startsWith('ENDPOINT#'))
        throw Object.assign(new Error('gone'), { name: 'AccessDeniedException' });
      return world.store.send(command);
    });
    const policies = [{ policy_id: '1', endpoint_id: 'wan1', packets: 1n }];
    const record = reportRecord({ policies });
    await expect(ingest([record], { ...context, client })).rejects.toThrow('gone');
    expect(await collected(readAllLanes(world.store.client, TABLES))).toEqual([]);
  });

  it('are valid from the time at which the last of their groups was found complete', async () => {
    await cleanUps([0, 5]);
    const groups = listingGroups();
    // The first group had a lane to list at minute 10, and none since.
    await noteListing(world.context, { buckets: groups[0]!, began: T0 + 10 * MINUTE, unlisted: 1 });
    for (const minute of [11, 16]) {
      await noteListing(world.context, { buckets: groups[0]!, began: T0 + minute * MINUTE, unlisted: 0 });
    }
    expect(await listedSince(world.context)).toBe(T0 + 11 * MINUTE);
  });

  it('are no longer used once an unlisted lane is found', async () => {
    expect(await cleanUps([0, 5])).toEqual([false, true]);
    await world.reportByOldRelease();
    expect(await cleanUps([10, 15, 20])).toEqual([false, false, true]);
  });

  it('are not used if no clean-up has run for 20 minutes, and their time starts again', async () => {
    expect(await cleanUps([0, 5])).toEqual([false, true]);
    world.now = T0 + 25 * MINUTE;
    expect(await world.usesLists()).toBe(true);
    world.now += 1;
    expect(await world.usesLists()).toBe(false);
    expect(await cleanUps([26, 31])).toEqual([false, true]);
  });

  it('are not written for reports without a new site or endpoint', async () => {
    const context = ingestContext({ client: world.store.client, tables: TABLES });
    const puts: string[] = [];
    const client = clientWith(async command => {
      if (command instanceof PutCommand) puts.push(`${command.input.Item?.pk} ${command.input.Item?.sk}`);
      return world.store.send(command);
    });
    const report = (seq: number, given: ReportSketch) =>
      ingest([reportRecord({ seq, site_id: 'north', ...given }, { sequence: seq })], { ...context, client });
    const wan1 = { policy_id: '1', endpoint_id: 'wan1', packets: 1n };
    const wan2 = { policy_id: '1', endpoint_id: 'wan2', packets: 1n };
    await report(1, { policies: [wan1] });
    expect(puts.splice(0).sort()).toEqual(['ENDPOINT#54#wan1 edge-1#0', 'SITE#north edge-1#0']);
    await report(2, { policies: [wan1, { ...wan1, policy_id: '2' }] });
    expect(puts.splice(0)).toEqual([]);
    await report(3, { policies: [wan1, wan2] });
    expect(puts.splice(0)).toEqual(['ENDPOINT#54#wan2 edge-1#0']);
    await report(4, { policies: [wan1, wan2], site_id: 'south' });
    expect(puts.splice(0)).toEqual(['SITE#south edge-1#0']);
    await report(5, { policies: [wan1], boot_id: 'boot-2', site_id: 'south' });
    expect(puts).toEqual([]);
  });
});

function isLet(
  only: string | undefined,
  some: readonly string[] | undefined,
  none: readonly string[] | undefined,
  id: string,
): boolean {
  return (only ?? id) === id && (some ?? [id]).includes(id) && !(none ?? []).includes(id);
}
