import { LRUCache } from 'lru-cache';
import { NotFound } from '../../errors.ts';
import { placedAt } from '../../ledger/lane/clock-skew.ts';
import type { PathReport, Report } from '../../report/report.ts';
import { atOnce } from '../../storage/at-once.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { EdgeClocks } from '../metrics/edge-clocks.ts';
import { PathEnds } from '../metrics/path-ends.ts';
import { type Followed, followPathMetrics, type LaneOfPath } from '../metrics/path-metrics-store.ts';
import type { RoutingCaches } from '../routing-caches.ts';
import type { FailoverDone, SideChange } from './change-sides.ts';
import { judgePath } from './judge-path.ts';

/** Callbacks for metrics and alarms. */
export interface PathMonitorEvents {
  onFailover?(done: FailoverDone, operation: SideChange['operation']): void;
  /** Called when a measurement can't be processed, which never fails a report's counts. */
  onTrouble?(path_id: string, cause: unknown): void;
}

/**
 * The part of a report with measurements of paths. `arrived_at_ms`: when the stream received it.
 */
export interface MeasuringReport {
  report: Pick<Report, 'edge_id' | 'part' | 'sent_at' | 'paths'>;
  arrived_at_ms: number;
}

/** A measurement by the functions' clock, with its source. */
interface Observed {
  metrics: PathMetrics;
  /** The lane of the report. */
  told_by: LaneOfPath;
  /** Identifies the measurement: its edge and the edge's own time. */
  source: string;
}

/**
 * A function stores and judges a path at most once in this time. Edges measure far less often than
 * that.
 */
const INTERVAL_MS = 1000;
/** The paths of a full shard: 60,000 edges that report each minute, with two paths each. */
const MAX_PATHS = 120_000;
const CONCURRENT_PATHS = 16;

/**
 * Passes the path measurements of reports to the metrics cache, to the table and to the judge of
 * failovers.
 */
export class PathMonitor {
  readonly #caches: RoutingCaches;
  readonly #events: PathMonitorEvents;
  readonly #clocks = new EdgeClocks();
  readonly #ends = new PathEnds();
  /** By path id: when it was judged last. */
  readonly #judged = new LRUCache<string, number>({ max: MAX_PATHS });
  /** By path and edge: the measurement that was judged last. */
  readonly #sources = new LRUCache<string, string>({ max: 2 * MAX_PATHS });
  /** By path id: the earlier measurements by which its score settles. */
  readonly #followed = new LRUCache<string, Followed>({ max: MAX_PATHS });
  /**
   * By path id: the newest measurement, if it arrived too soon after the last one to be stored at
   * once.
   */
  readonly #waiting = new Map<string, Observed>();

  constructor(caches: RoutingCaches, events: PathMonitorEvents = {}) {
    this.#caches = caches;
    this.#events = events;
  }

  /**
   * Stores and judges the newest measurement of each path that an edge at one of its ends made. A
   * measurement that arrives too soon waits for {@link settle}. Never rejects.
   */
  async observe(context: StoreContext, reports: Iterable<MeasuringReport>): Promise<void> {
    const newest = new Map<string, Observed>();
    for (const [path_id, observed] of this.#observed(context, reports)) {
      if (isNewer(observed, newest.get(path_id))) newest.set(path_id, observed);
    }
    await this.#each(newest, async (path_id, observed) => {
      // Edges report more often than they measure: this measurement was processed already.
      const { edge_id } = observed.told_by;
      if (this.#sources.get(`${path_id} ${edge_id}`) === observed.source) return;
      if (!(await this.#ends.areAt(context, { path_id, edge_id }))) return;
      const waiting = this.#waiting.get(path_id);
      const newest = waiting && !isNewer(observed, waiting) ? waiting : observed;
      this.#waiting.set(path_id, newest);
      if (this.#dueIn(context, path_id) > 0) return;
      this.#waiting.delete(path_id);
      await this.#store(context, path_id, newest);
    });
  }

  /**
   * Stores and judges measurements that arrived too soon, once they are due. Call it at the end of
   * an invocation, after which the function may be frozen or stopped. It takes at most a second,
   * and no time when nothing waits. Never rejects.
   */
  async settle(context: StoreContext): Promise<void> {
    const wait = Math.max(0, ...[...this.#waiting.keys()].map(path_id => this.#dueIn(context, path_id)));
    if (wait > 0) await context.sleep(wait);
    const waiting = new Map(this.#waiting);
    this.#waiting.clear();
    await this.#each(waiting, (path_id, observed) => this.#store(context, path_id, observed));
  }

  *#observed(
    { clock }: StoreContext,
    reports: Iterable<MeasuringReport>,
  ): Generator<readonly [string, Observed]> {
    for (const { report, arrived_at_ms } of reports) {
      const { edge_id, part, sent_at, paths } = report;
      // The stream's clock may be a little ahead of this function's.
      const arrived = Math.min(arrived_at_ms, clock());
      const times = { sent_at_ms: Date.parse(sent_at), arrived_at_ms: arrived };
      const skew_ms = this.#clocks.skewOf({ edge_id, part }, times);
      for (const path of paths) {
        const measured_at_ms = Date.parse(path.measured_at);
        const at_ms = placedAt({ measured_at_ms, arrived_at_ms: arrived, skew_ms });
        const metrics = { ...metricsOf(path), measured_at: timestamp(at_ms) };
        const source = `${edge_id} ${path.measured_at}`;
        yield [path.path_id, { metrics, told_by: { edge_id, part }, source }];
      }
    }
  }

  /** Processes several paths at a time; failures are reported as trouble. */
  async #each(
    paths: ReadonlyMap<string, Observed>,
    process: (path_id: string, observed: Observed) => Promise<void>,
  ): Promise<void> {
    await atOnce(CONCURRENT_PATHS, paths, ([path_id, observed]) =>
      // An edge may measure a path that isn't in the inventory; there is nothing to fail over.
      process(path_id, observed).catch(cause => {
        if (!(cause instanceof NotFound)) this.#events.onTrouble?.(path_id, cause);
      }),
    );
  }

  async #store(context: StoreContext, path_id: string, observed: Observed): Promise<void> {
    const { told_by, source } = observed;
    this.#judged.set(path_id, context.clock());
    const known = this.#followed.get(path_id);
    const kept = await followPathMetrics(context, { path_id, ...observed, known });
    if (kept) {
      const { followed, mustCache, ...measured } = kept;
      this.#followed.set(path_id, followed);
      // An entry lives for a minute, so a steady path's would expire long before the next one.
      if (mustCache) await this.#caches.metrics.insert(path_id, { ...measured.metrics, told_by });
      const measurement = { path_id, ...measured, job: 'ingest' };
      const { done } = await judgePath(context, this.#caches, measurement);
      if (done) this.#events.onFailover?.(done, done.operation);
    }
    this.#sources.set(`${path_id} ${told_by.edge_id}`, source);
  }

  /**
   * Milliseconds until the path may be stored again; a clock that was set back doesn't make it
   * wait.
   */
  #dueIn({ clock }: StoreContext, path_id: string): number {
    const elapsed = clock() - (this.#judged.get(path_id) ?? Number.NEGATIVE_INFINITY);
    return elapsed < 0 ? 0 : Math.max(0, INTERVAL_MS - elapsed);
  }
}

function metricsOf(report: PathReport): Omit<PathMetrics, 'measured_at'> {
  const { latency_ms, jitter_ms, packet_loss_pct, bandwidth_mbps } = report;
  return { latency_ms, jitter_ms, packet_loss_pct, bandwidth_mbps };
}

function isNewer({ metrics }: Observed, than: Observed | undefined): boolean {
  return !than || Date.parse(metrics.measured_at) >= Date.parse(than.metrics.measured_at);
}
