import type { Retention } from '../../core/history/resolution.ts';
import type { PreviousTotals } from '../../core/history/snapshot.ts';
import { takeSnapshot } from '../../core/history/snapshot.ts';
import { ingest } from '../../core/ingest/ingest.ts';
import { LaneMemory } from '../../core/ingest/lane-memory.ts';
import { partsNeeded, splitReport } from '../../core/report/report-parts.ts';
import { ingestContext } from './ingest-context.ts';
import { makeReport, rawRecord, reportJson, T0 } from './report-records.ts';
import { asFunction } from './rights/as-function.ts';
import { servedEdges } from './served-edges.ts';
import type { TestTables } from './tables.ts';

export interface DayShape {
  /** Beginning of the day, milliseconds. */
  start: number;
  /** Edges are at these sites in turn. */
  sites: readonly string[];
  edges: number;
  policies: number;
}

/** The counts of a pair. */
export interface DayPair {
  edge_id: string;
  site_id: string;
  policy_id: string;
  endpoint_id: string;
  packets: bigint;
  bytes: bigint;
}

/**
 * A day of traffic by a formula: the counts of each edge under each policy are known for every
 * minute, so the real ingest and the real snapshot can be checked against them.
 */
export class TrafficDay {
  readonly shape: DayShape;
  readonly #db: TestTables;
  readonly #memory = new LaneMemory();
  readonly #previous: PreviousTotals = { taken_at: 0, fingerprints: new Map() };
  readonly #parts: number;
  #seq = 0;

  constructor(db: TestTables, shape: DayShape) {
    this.#db = db;
    this.shape = shape;
    this.#parts = partsNeeded({ pairs: this.pairsOf(0, 0) });
  }

  /** Edge ids in order. */
  get edges(): string[] {
    return Array.from({ length: this.shape.edges }, (_, edge) => `edge-${edge}`);
  }

  /**
   * The counts of an edge in the first minutes of the day. The rate changes over the day,
   * differently for every pair.
   */
  pairsOf(edge: number, minutes: number): DayPair[] {
    const { sites, policies } = this.shape;
    return Array.from({ length: policies }, (_, policy) => {
      const noise = Math.imul(edge * policies + policy + 1, 0x9e3779b1) >>> 0;
      const packets =
        BigInt(minutes) * BigInt(1 + (noise % 977)) + BigInt(minutes * minutes) * BigInt(noise % 7);
      return {
        edge_id: `edge-${edge}`,
        site_id: sites[edge % sites.length]!,
        policy_id: policy === 0 ? 'default' : String(policy),
        endpoint_id: `wan${1 + (noise % 2)}`,
        packets,
        bytes: packets * BigInt(64 + (noise % 1400)),
      };
    });
  }

  /** The counts of all edges by then. */
  countedBy(minutes: number): DayPair[] {
    return Array.from({ length: this.shape.edges }, (_, edge) => this.pairsOf(edge, minutes)).flat();
  }

  /** All edges report their counts up to a minute; then its snapshot is taken. */
  async minute(minutes: number, { retention }: { retention: Retention }): Promise<void> {
    const now = this.shape.start + minutes * 60_000;
    this.#seq += 1;
    const records = this.edges.flatMap((edge_id, edge) => {
      const report = makeReport({
        edge_id,
        site_id: this.shape.sites[edge % this.shape.sites.length]!,
        seq: this.#seq,
        parts: this.#parts,
        sent_ms: now - T0 - 5000,
        policies: this.pairsOf(edge, minutes).map(pair => ({ ...pair, active_flows: 1 + (edge % 3) })),
      });
      return splitReport(report).map((part, index) =>
        rawRecord(Buffer.from(reportJson(part)), {
          partition_key: edge_id,
          sequence: this.#seq * 1000 + edge * this.#parts + index,
          arrived_ms: now - T0 - 2000,
        }),
      );
    });
    const context = ingestContext({
      ...this.#db,
      memory: this.#memory,
      clock: () => now,
      deadline: now + 60_000,
    });
    const open = await ingest(records, context);
    if (open.length > 0 || context.tally.ReportsApplied !== records.length)
      throw new Error('reports were not counted');
    await asFunction('snapshot', () =>
      takeSnapshot({
        store: { client: this.#db.client, table: this.#db.tables.traffic },
        scheduled_at: now,
        registered: servedEdges(this.edges),
        retention,
        clock: () => now + 400,
        sleep: async () => {},
        previous: this.#previous,
      }),
    );
  }
}
