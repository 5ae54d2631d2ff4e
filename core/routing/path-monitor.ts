import { LRUCache } from 'lru-cache';
import type { ProductCaches } from '../cache/product-caches.ts';
import { NotFound } from '../errors.ts';
import type { NetworkContext } from '../network/network-context.ts';
import type { PathReport } from '../traffic/report.ts';
import type { FailoverDone } from './fail-over-path.ts';
import { judgePath } from './judge-path.ts';
import type { PathMetrics } from './path-metrics.ts';
import { writePathMetrics } from './path-metrics-store.ts';

/** Told of what a metric or an alarm should be made of. */
export interface PathMonitorEvents {
  onFailover?(done: FailoverDone, operation: 'failoverPath' | 'failbackPath'): void;
  /** Measurements are never a reason to fail a report's counts. */
  onTrouble?(path_id: string, cause: unknown): void;
}

/** A path is stored and judged at most so often in a function: its edges measure far less often, or something is wrong. */
const INTERVAL_MS = 1000;
const MAX_PATHS = 10_000;
const CONCURRENT_PATHS = 16;

/** Takes the path measurements of reports: into the metrics cache, into the table, and to the judge of failovers. */
export class PathMonitor {
  readonly #caches: ProductCaches;
  readonly #events: PathMonitorEvents;
  /** By path id: when it was stored last. */
  readonly #stored = new LRUCache<string, number>({ max: MAX_PATHS });

  constructor(caches: ProductCaches, events: PathMonitorEvents = {}) {
    this.#caches = caches;
    this.#events = events;
  }

  /** Never rejects. The newest measurement of each path counts. */
  async observe(context: NetworkContext, reports: Iterable<PathReport>): Promise<void> {
    const newest = new Map<string, PathReport>();
    for (const report of reports) {
      const known = newest.get(report.path_id);
      if (!known || Date.parse(report.measured_at) >= Date.parse(known.measured_at)) {
        newest.set(report.path_id, report);
      }
    }
    const waiting = newest.values();
    const workers = Array.from({ length: Math.min(CONCURRENT_PATHS, newest.size) }, async () => {
      for (const report of waiting) await this.#take(context, report);
    });
    await Promise.all(workers);
  }

  async #take(context: NetworkContext, report: PathReport): Promise<void> {
    const { path_id } = report;
    try {
      const metrics = metricsOf(report);
      await this.#caches.metrics.insert(path_id, metrics);
      if (!this.#isDue(context, path_id)) return;
      if (!(await writePathMetrics(context, { path_id, metrics }))) return;
      const { done } = await judgePath(context, this.#caches, { path_id, metrics, job: 'ingest' });
      if (done) this.#events.onFailover?.(done, done.operation);
    } catch (cause) {
      // Paths that nobody entered in the inventory may be measured; there is nothing to fail over.
      if (!(cause instanceof NotFound)) this.#events.onTrouble?.(path_id, cause);
    }
  }

  #isDue({ clock }: NetworkContext, pathId: string): boolean {
    const now = clock();
    const elapsed = now - (this.#stored.get(pathId) ?? Number.NEGATIVE_INFINITY);
    if (elapsed >= 0 && elapsed < INTERVAL_MS) return false;
    this.#stored.set(pathId, now);
    return true;
  }
}

function metricsOf(report: PathReport): PathMetrics {
  const { latency_ms, jitter_ms, packet_loss_pct, bandwidth_mbps, measured_at } = report;
  return { latency_ms, jitter_ms, packet_loss_pct, bandwidth_mbps, measured_at };
}
