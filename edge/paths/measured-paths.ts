import type { PathReport } from '../../core/report/report.ts';
import type { EdgePath } from '../../core/routing/edge-routes.ts';
import { type Clock, systemClock } from '../../core/time/clock.ts';
import { type Schedule, systemSchedule } from '../../core/time/schedule.ts';
import { noPathCounts, type PathCounts } from '../../core/totals/path-counts.ts';
import type { ProbeAnswer } from '../probe/probe-outcome.ts';
import { LossWindow } from './loss-window.ts';
import { RateMeter } from './rate-meter.ts';

export interface MeasuredPathsOptions {
  /** Measures the way to a path's other end. Never rejects. */
  probe: (path: EdgePath) => Promise<ProbeAnswer>;
  /** Sent and received totals since boot, by path id. */
  totals: () => ReadonlyMap<string, PathCounts>;
  /** Capacity of a path; if unknown, the highest observed rate is used. */
  bandwidthOf?: (path: EdgePath) => number | undefined;
  /** Whether the other end probes the path now: then this end only answers. */
  isProbedByPeer?: (path: EdgePath) => boolean;
  /**
   * Whether totals grow in batches, as with the records of a flow exporter, and not packet by
   * packet.
   */
  in_bunches?: boolean;
  interval_ms: number;
  onTrouble: (reason: string) => void;
  clock?: Clock;
  schedule?: Schedule;
}

/** Delay between an unanswered probe and the next one, which decides whether the path is down. */
const CONFIRM_AFTER_MS = 3000;

/** Number of paths that are probed concurrently. */
const CONCURRENT_PROBES = 8;

interface Measured {
  path: EdgePath;
  /** Time of the next measurement. */
  due_ms: number;
  /** Undefined: not measured yet. */
  last?: Measurement;
  /** Whether its last probe was unanswered, and nothing else was received since. */
  silent: boolean;
  /**
   * Packets received when the last measurement began; a confirming probe is part of the measurement
   * before it.
   */
  rx_packets: bigint;
  loss: LossWindow;
  rate: RateMeter;
}

type Measurement = Pick<PathReport, 'latency_ms' | 'jitter_ms' | 'packet_loss_pct' | 'measured_at'>;

/**
 * Measures an edge's paths, each once per interval unless the other end does, and makes their
 * entries in reports.
 */
export class MeasuredPaths {
  readonly #options: MeasuredPathsOptions & { clock: Clock; schedule: Schedule };
  readonly #paths = new Map<string, Measured>();
  #round: Promise<void> | undefined;
  #cancel = () => {};
  #stopped = false;

  constructor(options: MeasuredPathsOptions) {
    this.#options = { clock: systemClock, schedule: systemSchedule, ...options };
  }

  /** Sets the paths. New ones are measured at once; the state of existing ones is kept. */
  setPaths(paths: readonly EdgePath[]): void {
    const given = new Map(paths.map(path => [path.path_id, path]));
    for (const id of this.#paths.keys()) if (!given.has(id)) this.#paths.delete(id);
    for (const [id, path] of given) {
      const known = this.#paths.get(id);
      if (known) known.path = path;
      else
        this.#paths.set(id, {
          path,
          due_ms: 0,
          silent: false,
          rx_packets: 0n,
          loss: new LossWindow(),
          rate: new RateMeter(),
        });
    }
    this.#measure();
  }

  /** The entries of measured paths in a report: the last measurements and the totals since boot. */
  reports(): PathReport[] {
    const { clock, totals, bandwidthOf } = this.#options;
    const now = clock();
    const all = totals();
    return [...this.#paths].flatMap(([path_id, { path, last, rate }]) => {
      const counts = all.get(path_id) ?? noPathCounts();
      const seen = rate.highestMbps(counts, now);
      return last ? [{ path_id, ...last, bandwidth_mbps: bandwidthOf?.(path) ?? seen, ...counts }] : [];
    });
  }

  /** Returns when no probe is in progress. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#round;
  }

  /** Measures the paths that are due, and schedules the next measurement. */
  #measure(): void {
    if (this.#stopped || this.#round) return;
    this.#cancel();
    this.#round = this.#measureDue().finally(() => {
      this.#round = undefined;
      if (this.#stopped || this.#paths.size === 0) return;
      this.#cancel = this.#options.schedule(this.#untilNext(), () => this.#measure());
    });
  }

  #untilNext(): number {
    const { clock, interval_ms } = this.#options;
    const next = Math.min(...Array.from(this.#paths.values(), ({ due_ms }) => due_ms));
    return Math.min(interval_ms, Math.max(0, next - clock()));
  }

  /** A due time that is more than an interval away means that the clock was set back. */
  #isDue({ due_ms }: Measured): boolean {
    const left = due_ms - this.#options.clock();
    return left <= 0 || left > this.#options.interval_ms;
  }

  async #measureDue(): Promise<void> {
    const { clock, interval_ms, isProbedByPeer = () => false } = this.#options;
    const due = [...this.#paths.values()].filter(measured => this.#isDue(measured)).values();
    const workers = Array.from({ length: CONCURRENT_PROBES }, async () => {
      for (const measured of due) {
        if (this.#stopped) return;
        measured.due_ms = clock() + interval_ms;
        // It is also measured here once, so that reports can contain its traffic.
        if (measured.last && isProbedByPeer(measured.path)) continue;
        await this.#measureOne(measured);
      }
    });
    await Promise.all(workers);
  }

  #received(path_id: string): bigint {
    return this.#options.totals().get(path_id)?.rx_packets ?? 0n;
  }

  async #measureOne(measured: Measured): Promise<void> {
    const { probe, clock, interval_ms, in_bunches = false, onTrouble } = this.#options;
    const { path_id } = measured.path;
    const rx_now = this.#received(path_id);
    // With batches, packets received since the previous measurement show that the path carries
    // traffic.
    const rx_before = in_bunches ? measured.rx_packets : rx_now;
    if (!measured.silent) measured.rx_packets = rx_now;
    const { error, sent, received, latency_ms, jitter_ms, measured_at } = await probe(measured.path);
    const arrives = this.#received(path_id) > rx_before;
    const wasSilent = measured.silent;
    measured.silent = sent > 0 && received === 0 && !arrives;
    if (sent === 0 || measured_at === null) {
      onTrouble(`Path ${path_id} could not be measured: ${error ?? 'no reason given'}`);
    } else if (received === 0 && arrives) {
      onTrouble(`Path ${path_id} carries traffic, but its probes are not answered: are they blocked?`);
    } else if (measured.silent && !wasSilent) {
      measured.due_ms = clock() + Math.min(CONFIRM_AFTER_MS, interval_ms);
    } else {
      measured.last = {
        latency_ms: rounded(latency_ms ?? 0),
        jitter_ms: rounded(jitter_ms ?? 0),
        packet_loss_pct: rounded(measured.loss.add({ sent, received })),
        measured_at,
      };
    }
  }
}

// Rounds to a probe's precision.
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
