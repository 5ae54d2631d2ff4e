import { LRUCache } from 'lru-cache';
import { NotFound } from '../../errors.ts';
import type { PathReport } from '../../report/report.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { measuredByNow, type PathMetrics } from '../health/path-metrics.ts';
import { writePathMetrics } from '../metrics/path-metrics-store.ts';
import type { RoutingCaches } from '../routing-caches.ts';
import type { FailoverDone } from './change-sides.ts';
import { judgePath } from './judge-path.ts';

/** Called with what a metric or an alarm should count. */
export interface PathMonitorEvents {
  onFailover?(done: FailoverDone, operation: 'failoverPath' | 'failbackPath'): void;
  /** Measurements are never a reason to fail a report's counts. */
  onTrouble?(path_id: string, cause: unknown): void;
}

/**
 * A path is stored and judged at most so often in a function: its edges measure far less often, or
 * something is wrong.
 */
const INTERVAL_MS = 1000;
const MAX_PATHS = 10_000;
const CONCURRENT_PATHS = 16;

/**
 * Passes the path measurements of reports to the metrics cache, to the table and to the judge of
 * failovers.
 */
export class PathMonitor {
  readonly #caches: RoutingCaches;
  readonly #events: PathMonitorEvents;
  /** By path id: when it was stored last, and which measurement that was. */
  readonly #stored = new LRUCache<string, { at_ms: number; measured_at?: string }>({ max: MAX_PATHS });
  /**
   * By path id: the newest measurement, which came too soon after the last one to be stored at
   * once.
   */
  readonly #waiting = new Map<string, PathMetrics>();

  constructor(caches: RoutingCaches, events: PathMonitorEvents = {}) {
    this.#caches = caches;
    this.#events = events;
  }

  /**
   * Never rejects. The newest measurement of each path counts; one that came too soon waits for
   * {@link settle}.
   */
  async observe(context: StoreContext, reports: Iterable<PathReport>): Promise<void> {
    const newest = new Map<string, PathMetrics>();
    for (const report of reports) {
      const metrics = measuredByNow(metricsOf(report), context.clock());
      if (isNewer(metrics, newest.get(report.path_id))) newest.set(report.path_id, metrics);
    }
    await this.#each(newest, async (path_id, metrics) => {
      // Edges report more often than they measure: this one is where it belongs already.
      if (this.#stored.get(path_id)?.measured_at === metrics.measured_at) return;
      const waiting = this.#waiting.get(path_id);
      const newest = waiting && !isNewer(metrics, waiting) ? waiting : metrics;
      this.#waiting.set(path_id, newest);
      if (this.#dueIn(context, path_id) > 0) return;
      this.#waiting.delete(path_id);
      await this.#store(context, path_id, newest);
    });
  }

  /**
   * Stores and judges what came too soon, once that is due: for the end of an invocation, after
   * which the function may be frozen or gone. This lasts a second at most, and no time where
   * nothing waits. Never rejects.
   */
  async settle(context: StoreContext): Promise<void> {
    const wait = Math.max(0, ...[...this.#waiting.keys()].map(path_id => this.#dueIn(context, path_id)));
    if (wait > 0) await context.sleep(wait);
    const waiting = new Map(this.#waiting);
    this.#waiting.clear();
    await this.#each(waiting, (path_id, metrics) => this.#store(context, path_id, metrics));
  }

  /** Several paths at a time; what fails is reported. */
  async #each(
    paths: ReadonlyMap<string, PathMetrics>,
    take: (path_id: string, metrics: PathMetrics) => Promise<void>,
  ): Promise<void> {
    const waiting = paths.entries();
    const work = async () => {
      for (const [path_id, metrics] of waiting) {
        // A path that isn't in the inventory may be measured; there is nothing to fail over.
        await take(path_id, metrics).catch(cause => {
          if (!(cause instanceof NotFound)) this.#events.onTrouble?.(path_id, cause);
        });
      }
    };
    await Promise.all(Array.from({ length: Math.min(CONCURRENT_PATHS, paths.size) }, work));
  }

  async #store(context: StoreContext, path_id: string, metrics: PathMetrics): Promise<void> {
    const at_ms = context.clock();
    this.#stored.set(path_id, { at_ms });
    const kept = await writePathMetrics(context, { path_id, metrics });
    if (kept) {
      await this.#caches.metrics.insert(path_id, kept.metrics);
      const { done } = await judgePath(context, this.#caches, { path_id, ...kept, job: 'ingest' });
      if (done) this.#events.onFailover?.(done, done.operation);
    }
    this.#stored.set(path_id, { at_ms, measured_at: metrics.measured_at });
  }

  /**
   * Milliseconds until the path may be stored again; a clock that was set back doesn't make it
   * wait.
   */
  #dueIn({ clock }: StoreContext, path_id: string): number {
    const elapsed = clock() - (this.#stored.get(path_id)?.at_ms ?? Number.NEGATIVE_INFINITY);
    return elapsed < 0 ? 0 : Math.max(0, INTERVAL_MS - elapsed);
  }
}

function metricsOf(report: PathReport): PathMetrics {
  const { latency_ms, jitter_ms, packet_loss_pct, bandwidth_mbps, measured_at } = report;
  return { latency_ms, jitter_ms, packet_loss_pct, bandwidth_mbps, measured_at };
}

function isNewer(metrics: PathMetrics, than: PathMetrics | undefined): boolean {
  return !than || Date.parse(metrics.measured_at) >= Date.parse(than.measured_at);
}
