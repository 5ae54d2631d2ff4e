import { expect } from 'vitest';
import { systemCaller } from '../../core/access/caller.ts';
import { ingest } from '../../core/ingest/ingest.ts';
import { registerEdge } from '../../core/inventory/edges/change-edges.ts';
import { createPath } from '../../core/inventory/paths/create-path.ts';
import { addEndpoint } from '../../core/inventory/sites/add-endpoint.ts';
import { createSite } from '../../core/inventory/sites/create-site.ts';
import type { PathReport } from '../../core/report/report.ts';
import { makeRoutingCache } from '../../core/routing/decisions/routing-cache.ts';
import { PathMonitor } from '../../core/routing/failover/path-monitor.ts';
import { makeMetricsCache } from '../../core/routing/metrics/metrics-cache.ts';
import type { StoreContext } from '../../core/storage/store-context.ts';
import { type ApiUnderTest, makeApi } from './api.ts';
import { ingestContext } from './ingest-context.ts';
import type { Random } from './random.ts';
import { makeReport, reportRecord, T0 } from './report-records.ts';
import { snapshotAt } from './snapshot-at.ts';
import { storeContext } from './store-context.ts';
import type { TestTables } from './tables.ts';

const actor = systemCaller('test');
const MINUTE = 60_000;
const EDGES = ['edge-A', 'edge-B'] as const;
const ENDPOINTS = ['wan1', 'wan2', 'wan3'] as const;

/** The decision in one answer, and its instant. */
export interface Remembered {
  at: string;
  decisions: unknown[];
}

/**
 * Two sites with an edge each: measurements, changes, failovers and undos between them, one step
 * after another with one clock, with real reports, ingest and snapshots.
 */
export class DecisionWorld {
  readonly api: ApiUnderTest;
  readonly sites: string[] = [];
  readonly #db: TestTables;
  readonly #random: Random;
  readonly #monitor: PathMonitor;
  readonly #paths = new Set<string>();
  readonly #policies = new Set<string>();
  readonly #audits: string[] = [];
  /** By path: the last measurement, so that the next one is often close to it. */
  readonly #figures = new Map<string, { latency_ms: number; packet_loss_pct: number }>();
  /** By edge: the snapshot that will see its last report. */
  readonly #reported = new Map<string, number>();
  #seq = 0;
  #next_snapshot = T0;

  constructor(db: TestTables, random: Random) {
    this.#db = db;
    this.#random = random;
    this.api = makeApi(db);
    this.api.now = T0;
    const place = {
      client: db.client,
      table: db.tables.cache,
      clock: () => this.api.now,
      schedule: () => () => {},
    };
    this.#monitor = new PathMonitor(
      { metrics: makeMetricsCache(place), routing: makeRoutingCache(place) },
      {
        onTrouble: (_, cause) => {
          throw cause;
        },
      },
    );
  }

  get #context(): StoreContext {
    return storeContext(this.#db, () => this.api.now);
  }

  async begin(): Promise<void> {
    for (const [index, name] of ['A', 'B'].entries()) {
      const { id } = await createSite(this.#context, actor, { name });
      this.sites.push(id);
      await registerEdge(this.#context, actor, { id: EDGES[index]!, site_id: id });
      for (const endpoint_id of ENDPOINTS) {
        const address = `${endpoint_id}.example.com`;
        const input = { site_id: id, endpoint_id, address, interface_type: 'FIBER' };
        await addEndpoint(this.#context, actor, input);
      }
    }
    for (const endpoint_id of ['wan1', 'wan2']) await this.#createPath(endpoint_id);
  }

  /** One more step, some seconds later; the snapshots of the minutes in between are taken. */
  async step(): Promise<void> {
    const later = this.#random.chance(0.04) ? 6 * MINUTE : 3000 + this.#random.below(25_000);
    await this.advance(later);
    if (this.#random.chance(0.6)) return this.#report();
    const change = this.#random.pick(CHANGES);
    await this[change]().catch(refused => {
      // A change that a person may not make changes nothing.
      expect(String(refused)).toMatch(/Error: (Conflict|NotFound|ValidationError): /);
    });
  }

  async advance(later_ms: number): Promise<void> {
    const to = this.api.now + later_ms;
    while (this.#next_snapshot + 5000 <= to) {
      this.api.now = Math.max(this.api.now, this.#next_snapshot + 5000);
      // A snapshot without anything new would change no answer.
      const isNew = [...this.#reported.values()].includes(this.#next_snapshot);
      if (isNew) await snapshotAt(this.#db, this.api.now, EDGES);
      this.#next_snapshot += MINUTE;
    }
    this.api.now = to;
  }

  /** The current decisions. */
  async remember(): Promise<Remembered> {
    return this.api.data('Query.routingDecisions', this.#ends());
  }

  /** The decisions at an instant, made again. */
  async recall(at: string): Promise<Remembered> {
    return this.api.data('Query.routingDecisions', { ...this.#ends(), at });
  }

  #ends() {
    const [source_site_id, destination_site_id] = this.sites;
    return { source_site_id, destination_site_id };
  }

  /** An edge reports its measurements of every path. */
  async #report(): Promise<void> {
    const index = this.#random.below(2);
    const edge_id = EDGES[index]!;
    // Edges report once a minute, and a snapshot also reads each of their reports.
    if (this.#reported.get(edge_id) === this.#next_snapshot) return;
    this.#reported.set(edge_id, this.#next_snapshot);
    const now = this.api.now;
    // Edges measure the paths that they know.
    const { items } = await this.api.data('Query.allPaths', { order_by: 'ID' }, { selection: ['items/id'] });
    const paths = items.map(({ id }: { id: string }) => this.#measured(id, now - this.#random.below(2000)));
    const seq = ++this.#seq;
    const sketch = { edge_id, site_id: this.sites[index]!, seq, sent_ms: now - T0, paths };
    const context = ingestContext(this.#db);
    expect(await ingest([reportRecord(sketch, { arrived_ms: now - T0 })], context)).toEqual([]);
    const measuring = [{ report: makeReport(sketch), arrived_at_ms: now }];
    await this.#monitor.observe(this.#context, measuring);
  }

  #measured(path_id: string, measured_ms: number): PathReport {
    const last = this.#figures.get(path_id) ?? { latency_ms: 20, packet_loss_pct: 0 };
    // Lanes keep three decimals.
    const near = (value: number, step: number) =>
      Math.max(0, Math.round((value + (this.#random.next() - 0.5) * step) * 1000) / 1000);
    const figures = this.#random.chance(0.15)
      ? { latency_ms: this.#random.below(400), packet_loss_pct: this.#random.pick([0, 0, 1, 3, 5, 20, 100]) }
      : {
          latency_ms: near(last.latency_ms, 10),
          packet_loss_pct: Math.min(100, last.packet_loss_pct === 0 ? 0 : near(last.packet_loss_pct, 1)),
        };
    this.#figures.set(path_id, figures);
    const counts = { tx_packets: 0n, tx_bytes: 0n, rx_packets: 0n, rx_bytes: 0n };
    const measured_at = new Date(measured_ms).toISOString();
    return {
      path_id,
      ...figures,
      jitter_ms: 1,
      bandwidth_mbps: 50 + this.#random.below(3),
      measured_at,
      ...counts,
    };
  }

  async #createPath(endpoint_id: string, wg_interface?: string): Promise<void> {
    const [a, b] = this.#random.chance(0.5) ? this.sites : this.sites.toReversed();
    const { id } = await createPath(this.#context, actor, {
      source_site_id: a,
      source_endpoint_id: endpoint_id,
      destination_site_id: b,
      destination_endpoint_id: endpoint_id,
      wg_interface,
    });
    this.#paths.add(id);
  }

  async addsPath(): Promise<void> {
    const { id } = await this.api.data('Mutation.createPath', {
      source_site_id: this.sites[0],
      source_endpoint_id: this.#random.pick(ENDPOINTS),
      destination_site_id: this.sites[1],
      destination_endpoint_id: this.#random.pick(ENDPOINTS),
      wg_interface: `wg${this.#random.below(50)}`,
    });
    this.#paths.add(id);
  }

  async deletesPath(): Promise<void> {
    const path_id = this.#somePath();
    await this.#did(this.api.data('Mutation.deletePath', { path_id }));
  }

  async removesEndpoint(): Promise<void> {
    const args = { site_id: this.#random.pick(this.sites), endpoint_id: this.#random.pick(ENDPOINTS) };
    await this.#did(this.api.data('Mutation.removeEndpoint', args));
  }

  async deletesSite(): Promise<void> {
    const site_id = this.sites[0]!;
    await this.#did(this.api.data('Mutation.deleteSite', { site_id }));
    await this.advance(1000 + this.#random.below(10_000));
    await this.api.data('Mutation.restoreSite', { site_id });
  }

  async failsOver(): Promise<void> {
    const terms = this.#random.pick([
      {},
      { until_restored: true },
      { until: new Date(this.api.now + 120_000).toISOString() },
    ]);
    await this.#did(this.api.data('Mutation.failoverPath', { path_id: this.#somePath(), ...terms }));
  }

  async restores(): Promise<void> {
    await this.#did(this.api.data('Mutation.restorePath', { path_id: this.#somePath() }));
  }

  async undoes(): Promise<void> {
    const audit_id = this.#audits.at(-1 - this.#random.below(3)) ?? 'none';
    await this.#did(this.api.data('Mutation.undo', { audit_id }));
  }

  async createsPolicy(): Promise<void> {
    const args = { name: `policy ${this.#policies.size}`, priority: this.#random.below(100) };
    const { id } = await this.api.data('Mutation.createPolicy', args);
    this.#policies.add(id);
  }

  async togglesPolicy(): Promise<void> {
    const args = { id: this.#somePolicy(), enabled: this.#random.chance(0.6) };
    await this.api.data('Mutation.togglePolicy', args);
  }

  async deletesPolicy(): Promise<void> {
    await this.#did(this.api.data('Mutation.deletePolicy', { id: this.#somePolicy() }));
  }

  async prefers(): Promise<void> {
    const weights = { latency: 1, bandwidth: this.#random.below(5), cost: 1 };
    const choice = this.#random.pick([
      { preference: 'HIGHEST_BANDWIDTH' },
      { preference: 'LOWEST_PACKET_LOSS' },
      { preference: 'LOWEST_LATENCY', failover_below: 70 },
      { preference: 'CUSTOM', weights },
    ]);
    await this.api.data('Mutation.setPolicyRouting', { policy_id: this.#somePolicy(), ...choice });
  }

  async #did(change: Promise<{ audit_id: string }>): Promise<void> {
    this.#audits.push((await change).audit_id);
  }

  #somePath(): string {
    return this.#random.pick([...this.#paths]);
  }

  #somePolicy(): string {
    return this.#random.pick([...this.#policies, 'default']);
  }
}

const CHANGES = [
  'addsPath',
  'deletesPath',
  'removesEndpoint',
  'deletesSite',
  'failsOver',
  'failsOver',
  'restores',
  'undoes',
  'undoes',
  'createsPolicy',
  'togglesPolicy',
  'deletesPolicy',
  'prefers',
  'prefers',
] as const;
