import { BatchWriteCommand, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { MARKS_PARTITION } from '../../core/history/history-keys.ts';
import { DEFAULT_RETENTION } from '../../core/history/resolution.ts';
import type { SnapshotMark } from '../../core/history/sample.ts';
import { readMarks } from '../../core/history/sample-store.ts';
import { type PreviousTotals, takeSnapshot } from '../../core/history/snapshot.ts';
import { GroupsMissing } from '../../core/history/whole-reading.ts';
import { ingest } from '../../core/ingest/ingest.ts';
import { LaneMemory } from '../../core/ingest/lane-memory.ts';
import type { ServedEdge } from '../../core/inventory/edges/edge-service.ts';
import { groupOf, laneBucket } from '../../core/ledger/lane-keys.ts';
import { clientWith } from './fake-dynamodb.ts';
import { FatedWorkers, type GroupFate } from './group-workers.ts';
import { ingestContext } from './ingest-context.ts';
import { reportRecord, T0 } from './report-records.ts';
import { asFunction } from './rights/as-function.ts';
import type { TestTables } from './tables.ts';

const MINUTE = 60_000;

/** An edge that counts evenly and reports on time. */
export interface ReportingEdge {
  edge_id: string;
  site_id: string;
  policy_id: string;
  interval_s: number;
  /** Second of its interval at which it reports. */
  phase_s: number;
  packets_per_second: bigint;
}

/** The faults of a minute. */
export interface Trouble {
  /** Ingest processes nothing; the stream keeps the arrivals. */
  ingestStops?: boolean;
  /** Ingest processes only arrivals up to this time, milliseconds. */
  ingestUpTo?: number;
  /** Edges whose reports do not arrive. */
  offline?: readonly string[];
  snapshot?: 'taken' | 'missed' | 'killed' | 'new container';
  /** The fates of the groups of lanes, by index; lanes are read in groups once this was set. */
  groups?: (index: number) => GroupFate;
}

/** A report as it is on the stream. */
interface Arrival {
  edge_id: string;
  at: number;
  seq: number;
  packets: bigint;
}

/** The state of an edge in a valid reading. */
export interface SeenEdge {
  heard_at: number;
  packets: bigint;
}

/**
 * Edges that report at their own intervals, the stream, ingest and the snapshot, minute by minute,
 * with one clock.
 */
export class ReportingWorld {
  now: number;
  /** The state in each valid reading, by its minute. */
  readonly readings = new Map<number, Map<string, SeenEdge>>();
  /** All arrivals so far. */
  readonly arrivals: Arrival[] = [];
  /** Items that each snapshot wrote, and its read calls, by minute. */
  readonly writes = new Map<number, number>();
  readonly reads = new Map<number, number>();
  readonly #db: TestTables;
  readonly #edges: readonly ReportingEdge[];
  readonly #start: number;
  readonly #served: () => readonly ServedEdge[];
  readonly #waiting: Arrival[] = [];
  readonly #applied = new Map<string, Arrival>();
  readonly #sent = new Map<string, number>();
  readonly #unsent = new Map<string, Arrival>();
  #previous: PreviousTotals = { taken_at: 0, fingerprints: new Map() };

  constructor(
    db: TestTables,
    world: { start: number; edges: readonly ReportingEdge[]; served: () => readonly ServedEdge[] },
  ) {
    this.#db = db;
    this.#start = world.start;
    this.#edges = world.edges;
    this.#served = world.served;
    this.now = world.start;
  }

  get store() {
    return { client: this.#db.client, table: this.#db.tables.traffic };
  }

  /** One minute passes, and its snapshot is due. */
  async minute(trouble: Trouble = {}): Promise<void> {
    const { ingestStops = false, ingestUpTo = Number.POSITIVE_INFINITY, offline = [] } = trouble;
    const begun = this.now;
    this.now += MINUTE;
    for (const edge of this.#edges) this.#report(edge, { begun, offline: offline.includes(edge.edge_id) });
    if (!ingestStops) await this.#ingest(ingestUpTo);
    await this.#snapshot(trouble);
  }

  async minutes(count: number, trouble: Trouble = {}): Promise<void> {
    for (let minute = 0; minute < count; minute++) await this.minute(trouble);
  }

  // While it is offline an edge keeps its newest report, and sends it once it is online.
  #report(edge: ReportingEdge, { begun, offline }: { begun: number; offline: boolean }): void {
    const { edge_id, interval_s, phase_s, packets_per_second } = edge;
    const interval = interval_s * 1000;
    const kept = this.#unsent.get(edge_id);
    if (kept && !offline) {
      this.#unsent.delete(edge_id);
      this.#arrive({ ...kept, at: begun + 1 });
    }
    const first = Math.ceil((begun + 1 - this.#start - phase_s * 1000) / interval) * interval;
    for (let at = this.#start + first + phase_s * 1000; at <= this.now; at += interval) {
      if (at <= this.#start) continue;
      const seq = (this.#sent.get(edge_id) ?? 0) + 1;
      this.#sent.set(edge_id, seq);
      const packets = (packets_per_second * BigInt(at - this.#start)) / 1000n;
      const report = { edge_id, at, seq, packets };
      if (offline) this.#unsent.set(edge_id, report);
      else this.#arrive(report);
    }
  }

  #arrive(report: Arrival): void {
    this.arrivals.push(report);
    this.#waiting.push(report);
  }

  async #ingest(upTo: number): Promise<void> {
    const taken = this.#waiting.filter(({ at }) => at <= upTo);
    this.#waiting.splice(0, this.#waiting.length, ...this.#waiting.filter(({ at }) => at > upTo));
    for (const arrival of taken) this.#applied.set(arrival.edge_id, arrival);
    const newest = new Map(taken.map(arrival => [arrival.edge_id, arrival]));
    const records = Array.from(newest.values(), ({ edge_id, at, seq, packets }, index) => {
      const { site_id, policy_id, interval_s } = this.#edges.find(edge => edge.edge_id === edge_id)!;
      return reportRecord(
        {
          edge_id,
          site_id,
          interval_s,
          boot_id: 'boot-1',
          seq,
          sent_ms: at - T0,
          policies: [{ policy_id, packets, bytes: packets * 100n }],
        },
        { sequence: (this.now - this.#start) / 1000 + index, arrived_ms: at - T0 },
      );
    });
    if (records.length === 0) return;
    expect(await ingest(records, ingestContext({ ...this.#db, memory: new LaneMemory() }))).toEqual([]);
  }

  async #snapshot({ snapshot: kind = 'taken', groups }: Trouble): Promise<void> {
    if (kind === 'missed') return;
    if (kind === 'new container') this.#previous = { taken_at: 0, fingerprints: new Map() };
    const minute = this.now;
    let writes = 0;
    let reads = 0;
    const client = clientWith(command => {
      if (kind === 'killed' && isMark(command)) throw new Error('killed');
      if (command instanceof PutCommand) writes += 1;
      else if (command instanceof TransactWriteCommand) writes += command.input.TransactItems?.length ?? 0;
      else if (command instanceof BatchWriteCommand)
        writes += Object.values(command.input.RequestItems ?? {}).flat().length;
      else reads += 1;
      return this.#db.client.send(command as never);
    });
    const seen = new Map(
      Array.from(this.#applied, ([edge_id, { at, packets }]) => [edge_id, { heard_at: at, packets }]),
    );
    const options = {
      store: { ...this.store, client },
      retention: DEFAULT_RETENTION,
      clock: () => minute + 400,
      sleep: async () => {},
    };
    await asFunction('snapshot', () =>
      takeSnapshot({
        ...options,
        scheduled_at: minute,
        registered: this.#served(),
        previous: this.#previous,
        ...(groups && { workers: new FatedWorkers(() => options, groups), lanes_a_group: 1 }),
      }),
    ).catch((cause: Error) => {
      if (cause.message !== 'killed' && !(cause instanceof GroupsMissing)) throw cause;
      this.#previous = { taken_at: 0, fingerprints: new Map() };
    });
    this.writes.set(minute, writes);
    this.reads.set(minute, reads);
    const [mark] = await readMarks(this.store, { resolution: 'MINUTE', from: minute, to: minute });
    if (mark) this.readings.set(minute, this.#counted(seen, mark));
  }

  /** A late group has the values of the last valid reading. */
  #counted(seen: Map<string, SeenEdge>, { groups }: SnapshotMark): Map<string, SeenEdge> {
    const last = [...this.readings.values()].at(-1) ?? new Map<string, SeenEdge>();
    const isLate = (edge_id: string) =>
      groups?.late.some(({ index }) => index === groupOf(laneBucket(edge_id), groups.of)) ?? false;
    const counted = new Map([...seen].filter(([edge_id]) => !isLate(edge_id)));
    for (const [edge_id, edge] of last) if (isLate(edge_id)) counted.set(edge_id, edge);
    return counted;
  }
}

function isMark(command: unknown): boolean {
  const actions = command instanceof TransactWriteCommand ? (command.input.TransactItems ?? []) : [];
  return actions.some(({ Put }) => Put?.Item?.pk === MARKS_PARTITION);
}
