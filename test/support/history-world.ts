import { GetCommand, PutCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { systemCaller } from '../../core/access/caller.ts';
import { readFirstSnapshot } from '../../core/history/first-snapshot.ts';
import { ceilTo, RESOLUTIONS, type Resolution, type Retention } from '../../core/history/resolution.ts';
import type { SnapshotMark } from '../../core/history/sample.ts';
import { readMarks } from '../../core/history/sample-store.ts';
import { type PreviousTotals, type SnapshotResult, takeSnapshot } from '../../core/history/snapshot.ts';
import { GroupsMissing } from '../../core/history/whole-reading.ts';
import { ingest } from '../../core/ingest/ingest.ts';
import { groupOf, laneBucket, laneKey } from '../../core/ledger/lane-keys.ts';
import { undoVoidBoot } from '../../core/ledger/voids/undo-void.ts';
import { voidBoot } from '../../core/ledger/voids/void-boot.ts';
import type { StoreContext } from '../../core/storage/store-context.ts';
import { clientWith } from './fake-dynamodb.ts';
import { FatedWorkers, type GroupFate } from './group-workers.ts';
import { ingestContext } from './ingest-context.ts';
import { reportRecord, T0 } from './report-records.ts';
import { asFunction, besideFunction } from './rights/as-function.ts';
import { servedEdges } from './served-edges.ts';
import type { TestTables } from './tables.ts';

const DAY = 86_400_000;

export const EDGES = [
  { edge_id: 'edge-a', site_id: '550e8400-e29b-41d4-a716-44665544000a' },
  { edge_id: 'edge-b', site_id: '550e8400-e29b-41d4-a716-44665544000a' },
  { edge_id: 'edge-c', site_id: '550e8400-e29b-41d4-a716-44665544000c' },
] as const;

export const RETENTION: Retention = { MINUTE: 400 * DAY, HOUR: 400 * DAY, DAY: 400 * DAY };

/** The counts of one pair of one edge over all its boots. */
export interface ModelPair {
  edge_id: string;
  site_id: string;
  policy_id: string;
  endpoint_id: string;
  packets: bigint;
  /** The part of these from boots that scale from samples. */
  estimated: bigint;
}

/** The state that a snapshot must have read. */
type ModelReading = readonly ModelPair[];

interface EdgeState {
  boot: number;
  seq: number;
  /** Totals since boot, by pair. */
  totals: Map<string, bigint>;
  /** Sums of the earlier boots, and of those among them that estimate. */
  earlier: Map<string, bigint>;
  estimated: Map<string, bigint>;
}

/**
 * The course of a snapshot: late, killed at a call to the database, and the fates of its groups.
 */
export interface SnapshotFate {
  late_ms?: number;
  dies?: number | 'before the mark' | undefined;
  groups?: (index: number) => GroupFate;
  /** An action during the call of this number, which waits for some milliseconds. */
  pause?: { at: number; ms: number; meanwhile: () => Promise<void> };
}

/** Edges, the functions and the database, under one clock, with a model of the expected results. */
export class HistoryWorld {
  now: number;
  readonly #db: TestTables;
  readonly #grouped: boolean;
  readonly #edges = new Map<string, EdgeState>();
  readonly #readings = new Map<number, ModelReading>();
  #previous: PreviousTotals = { taken_at: 0, fingerprints: new Map() };
  #unreadable: string | undefined;
  /** The counts of each boot, by `edge boot`, then by policy. */
  readonly #boots = new Map<string, Map<string, bigint>>();
  /** By `edge boot`: the void's audit id. */
  readonly #voided = new Map<string, string>();

  /** @param options `grouped`: lanes are read in groups from the second snapshot on */
  constructor(db: TestTables, start: number, { grouped = false } = {}) {
    this.#db = db;
    this.#grouped = grouped;
    this.now = start;
    for (const { edge_id } of EDGES) {
      this.#edges.set(edge_id, {
        ...{ boot: 1, seq: 0, totals: new Map(), earlier: new Map(), estimated: new Map() },
      });
    }
  }

  get store() {
    return { ...this.#context(), table: this.#db.tables.traffic };
  }

  /**
   * An edge counts and reports; its clock may be off by `skew_ms`. A repeated report is sent twice.
   */
  async report(
    edge_id: string,
    { policy_id, endpoint_id, packets }: Pick<ModelPair, 'policy_id' | 'endpoint_id' | 'packets'>,
    { restart = false, repeated = false, skew_ms = 0 } = {},
  ): Promise<void> {
    const state = this.#edges.get(edge_id)!;
    if (restart || this.#voided.has(`${edge_id} ${state.boot}`)) {
      for (const [pair, count] of state.totals) {
        state.earlier.set(pair, (state.earlier.get(pair) ?? 0n) + count);
        if (estimates(state)) state.estimated.set(pair, (state.estimated.get(pair) ?? 0n) + count);
      }
      Object.assign(state, { boot: state.boot + 1, seq: 0, totals: new Map() });
    }
    state.seq += 1;
    const pair = `${policy_id} ${endpoint_id}`;
    state.totals.set(pair, (state.totals.get(pair) ?? 0n) + packets);
    this.#boots.set(`${edge_id} ${state.boot}`, byPolicy(state.totals));
    const record = reportRecord(
      {
        edge_id,
        site_id: EDGES.find(edge => edge.edge_id === edge_id)!.site_id,
        boot_id: `boot-${state.boot}`,
        seq: state.seq,
        ...(estimates(state) && { estimated: true }),
        sent_ms: this.now + skew_ms - T0,
        policies: Array.from(state.totals, ([key, count]) => {
          const [policy, endpoint] = key.split(' ') as [string, string];
          return { policy_id: policy, endpoint_id: endpoint, packets: count, bytes: count * 100n };
        }),
      },
      { arrived_ms: this.now - T0 },
    );
    const context = () => ingestContext(this.#db);
    expect(
      await asFunction('ingest', () => ingest(repeated ? [record, record] : [record], context())),
    ).toEqual([]);
    if (repeated) expect(await asFunction('ingest', () => ingest([record], context()))).toEqual([]);
  }

  /** Voids the current boot of an edge, if it has counted anything. */
  async voidBoot(edge_id: string): Promise<void> {
    const { boot } = this.#edges.get(edge_id)!;
    const name = `${edge_id} ${boot}`;
    if (!this.#boots.has(name) || this.#voided.has(name)) return;
    const { audit_id } = await voidBoot(this.#context(), { actor: ACTOR, edge_id, boot_id: `boot-${boot}` });
    this.#voided.set(name, audit_id);
  }

  /** Undoes the last void. */
  async undoVoid(): Promise<void> {
    const [name, audit_id] = [...this.#voided].at(-1) ?? [];
    if (!name || !audit_id) return;
    await undoVoidBoot(this.#context(), { actor: ACTOR, audit_id });
    this.#voided.delete(name);
  }

  #context(): StoreContext {
    const { now } = this;
    return { ...this.#db, clock: () => now, sleep: async () => {}, random: () => 0, deadline: now + DAY };
  }

  /** The counts of each boot by now, by `edge boot`, then by policy. */
  bootTotals(): Map<string, ReadonlyMap<string, bigint>> {
    return new Map(Array.from(this.#boots, ([name, totals]) => [name, new Map(totals)]));
  }

  /**
   * The counts since then under a policy, of boots that are not voided; `estimated`: of boots that
   * scale from samples.
   */
  countedSince(
    policy_id: string,
    then: ReadonlyMap<string, ReadonlyMap<string, bigint>>,
    { estimated = false } = {},
  ): bigint {
    let sum = 0n;
    for (const [name, totals] of this.#boots) {
      if (estimated && !estimates({ boot: Number(name.split(' ')[1]) })) continue;
      if (!this.#voided.has(name))
        sum += (totals.get(policy_id) ?? 0n) - (then.get(name)?.get(policy_id) ?? 0n);
    }
    return sum;
  }

  /**
   * Runs the job of a minute, `late_ms` after it was due; it may be killed at a call to the
   * database.
   */
  async snapshot(
    minute: number,
    { late_ms = 0, dies, pause, groups = () => 'read' }: SnapshotFate = {},
  ): Promise<SnapshotResult | undefined> {
    const taken_at = minute + late_ms;
    let held_up_ms = 0;
    const options = (kill: SnapshotFate['dies']) => ({
      store: { ...this.store, client: this.#mortalClient(kill) },
      retention: RETENTION,
      clock: () => taken_at + held_up_ms,
      sleep: async () => {},
    });
    const workers = new FatedWorkers(options, groups);
    const seen = this.#seen();
    const result = await asFunction('snapshot', () =>
      takeSnapshot({
        ...options(dies),
        ...(pause && {
          store: { ...this.store, client: this.#pausingClient(pause, ms => (held_up_ms = ms)) },
        }),
        scheduled_at: minute,
        registered: servedEdges(EDGES.map(({ edge_id }) => edge_id)),
        previous: this.#previous,
        ...(this.#grouped && { workers, lanes_a_group: 1 }),
      }),
    ).catch((cause: Error) => {
      if (cause.message !== 'killed' && !(cause instanceof GroupsMissing)) throw cause;
      this.restartFunction();
      return undefined;
    });
    await workers.readLate();
    const [mark] = await readMarks(this.store, { resolution: 'MINUTE', from: minute, to: minute });
    if (mark?.taken_at === taken_at && !this.#readings.has(taken_at)) {
      this.#readings.set(taken_at, this.#counted(seen, mark));
    }
    return result;
  }

  #mortalClient(dies: SnapshotFate['dies'] = Number.POSITIVE_INFINITY) {
    let calls = 0;
    return clientWith(command => {
      if (dies === 'before the mark' ? isMark(command) : calls++ >= dies) throw new Error('killed');
      return this.#db.client.send(command as never);
    });
  }

  #pausingClient(
    { at, ms, meanwhile }: NonNullable<SnapshotFate['pause']>,
    afterwards: (held_up_ms: number) => void,
  ) {
    let calls = 0;
    return clientWith(async command => {
      if (calls++ === at) {
        await besideFunction(meanwhile);
        afterwards(ms);
      }
      return this.#db.client.send(command as never);
    });
  }

  /** A late group has the values of the last valid reading. */
  #counted(seen: ModelReading, { groups }: SnapshotMark): ModelReading {
    const isLate = ({ edge_id }: ModelPair) =>
      groups?.late.some(({ index }) => index === groupOf(laneBucket(edge_id), groups.of)) ?? false;
    return [...seen.filter(pair => !isLate(pair)), ...this.#lastReading().filter(isLate)];
  }

  /** The function's container ends, with its memory. */
  restartFunction(): void {
    this.#previous = { taken_at: 0, fingerprints: new Map() };
  }

  /** During `work` the lane of an edge cannot be read. */
  async withUnreadable(edge_id: string, work: () => Promise<unknown>): Promise<void> {
    const Key = laneKey(edge_id, 0);
    const { client, table: TableName } = this.store;
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    const put = (data: Uint8Array) =>
      client.send(
        new UpdateCommand({
          TableName,
          Key,
          UpdateExpression: 'SET #data = :data',
          ExpressionAttributeNames: { '#data': 'data' },
          ExpressionAttributeValues: { ':data': data },
        }),
      );
    if (!Item) return;
    await put(new Uint8Array([99, 9]));
    this.#unreadable = edge_id;
    await work();
    this.#unreadable = undefined;
    await put(Item.data as Uint8Array);
  }

  /** The counts of every pair by now. */
  counted(): ModelPair[] {
    return EDGES.flatMap(({ edge_id, site_id }) => {
      const state = this.#edges.get(edge_id)!;
      const { totals, earlier } = state;
      return [...new Set([...totals.keys(), ...earlier.keys()])].map(pair => {
        const [policy_id, endpoint_id] = pair.split(' ') as [string, string];
        const packets = (totals.get(pair) ?? 0n) + (earlier.get(pair) ?? 0n);
        const now = estimates(state) ? (totals.get(pair) ?? 0n) : 0n;
        const estimated = (state.estimated.get(pair) ?? 0n) + now;
        return { edge_id, site_id, policy_id, endpoint_id, packets, estimated };
      });
    });
  }

  // An unreadable lane has the values of the last valid reading.
  #seen(): ModelReading {
    return [
      ...this.counted().filter(pair => pair.edge_id !== this.#unreadable),
      ...this.#lastReading().filter(pair => pair.edge_id === this.#unreadable),
    ];
  }

  #lastReading(): ModelReading {
    return [...this.#readings].sort(([a], [b]) => a - b).at(-1)?.[1] ?? [];
  }

  /**
   * Returns the counts that are due for the matching pairs between two instants on the grid of a
   * resolution.
   */
  async oracle(resolution: Resolution, counted: 'packets' | 'estimated' = 'packets'): Promise<Oracle> {
    const [marks, first] = await Promise.all([
      readMarks(this.store, { resolution, from: 0, to: this.now }),
      readFirstSnapshot(this.store),
    ]);
    // Hours and days that ended before the first reading of the system have no values, whether that
    // reading completed or not.
    const { ms } = RESOLUTIONS[resolution];
    const begins = first === undefined ? Number.NEGATIVE_INFINITY : ceilTo(first, ms) - ms;
    const readings = marks.filter(mark => mark.at > begins);
    const totalAt = (instant: number, matches: Matches): bigint => {
      const mark = readings.findLast(each => each.at <= instant);
      if (!mark) return 0n;
      const reading = this.#readings.get(mark.taken_at);
      if (!reading) throw new Error(`no reading of ${new Date(mark.taken_at).toISOString()}`);
      return reading.filter(matches).reduce((sum, pair) => sum + pair[counted], 0n);
    };
    return ({ from, to }, matches) => totalAt(to, matches) - totalAt(from, matches);
  }
}

const ACTOR = systemCaller('test');

function byPolicy(pairs: ReadonlyMap<string, bigint>): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const [pair, count] of pairs) {
    const [policy_id] = pair.split(' ') as [string];
    sums.set(policy_id, (sums.get(policy_id) ?? 0n) + count);
  }
  return sums;
}

/** Every other boot of an edge scales its counts from samples. */
function estimates({ boot }: Pick<EdgeState, 'boot'>): boolean {
  return boot % 2 === 0;
}

function isMark(command: unknown): boolean {
  return putsOf(command).some(({ Item }) => String(Item?.sk).startsWith('1m#'));
}

function putsOf(command: unknown): { Item?: Record<string, unknown> | undefined }[] {
  if (command instanceof PutCommand) return [command.input];
  if (!(command instanceof TransactWriteCommand)) return [];
  return (command.input.TransactItems ?? []).flatMap(({ Put }) => (Put ? [Put] : []));
}

type Matches = (pair: ModelPair) => boolean;
type Oracle = (range: { from: number; to: number }, matches: Matches) => bigint;
