import { type FigureNow, UNKNOWN_FIGURE } from '../alarms/thresholds/judge-threshold.ts';
import type { Threshold, ThresholdScope } from '../alarms/thresholds/threshold.ts';
import { HeardEdges } from '../inventory/edges/completeness.ts';
import type { EdgeInService } from '../inventory/edges/read-edges.ts';
import type { Lane } from '../ledger/lane/lane.ts';
import { ratedSpan } from '../ledger/lane/lane-rates.ts';
import { bitRate, packetRate, ratedPairs } from '../ledger/lane/pair-rate.ts';
import type { PathReading } from '../ledger/lane/path-reading.ts';
import { isSilent, type SilenceOptions } from '../ledger/lane/silence.ts';
import { healthScore } from '../routing/health/health-score.ts';
import type { LaneOfPath } from '../routing/metrics/path-metrics-store.ts';
import type { PathRate } from '../routing/metrics/path-rates.ts';

const MINUTE_MS = 60_000;

/** A sum of rates, in bits and thousandths of a packet a second. */
class RateSum {
  bit_rate = 0;
  packet_rate = 0;
  /** Whether any part of the sum is known, and whether all parts are. */
  known = false;
  complete = true;

  add(rate: number): void {
    this.bit_rate += bitRate(rate);
    this.packet_rate += packetRate(rate);
    this.known ||= ratedPairs(rate) > 0;
  }

  bits(): FigureNow {
    return this.#figure(this.bit_rate);
  }

  packets(): FigureNow {
    return this.#figure(this.packet_rate / 1000);
  }

  #figure(value: number): FigureNow {
    return this.known ? { value, complete: this.complete } : UNKNOWN_FIGURE;
  }
}

interface SiteSum {
  traffic: RateSum;
  expected: number;
  heard: number;
}

/** A path's newest measurement, and which lane has it. */
interface PathSeen {
  reading: PathReading;
  lane: LaneOfPath;
}

/** The edges of some buckets with all their lanes, as read. */
export interface ReadGroup extends SilenceOptions {
  edges: readonly EdgeInService[];
  lanes: readonly Lane[];
  now_ms: number;
}

/**
 * The figures that thresholds need, summed from lanes that are read anyway; it keeps no others. A
 * silent edge's traffic isn't known, so that its sums are incomplete.
 */
export class ThresholdFigures {
  readonly #wanted: Record<ThresholdScope, ReadonlySet<string>>;
  readonly #policies = new Map<string, RateSum>();
  readonly #sites = new Map<string, SiteSum>();
  readonly #edges = new Map<string, { traffic: RateSum; silence_ms: number }>();
  readonly #paths = new Map<string, PathSeen>();
  /** The traffic of each path that a threshold needs. */
  path_rates: ReadonlyMap<string, PathRate> = new Map();

  constructor(thresholds: readonly Threshold[]) {
    const of = (scope: ThresholdScope) =>
      new Set(thresholds.flatMap(each => (each.scope === scope ? each.target_id : [])));
    this.#wanted = { POLICY: of('POLICY'), SITE: of('SITE'), EDGE: of('EDGE'), PATH: of('PATH') };
  }

  add({ edges, lanes, now_ms, ...silence }: ReadGroup): void {
    const heard = new HeardEdges(edges, now_ms, silence);
    const lastHeard = new Map<string, number>();
    for (const lane of lanes) {
      heard.add(lane);
      const known = lastHeard.get(lane.edge_id) ?? Number.NEGATIVE_INFINITY;
      lastHeard.set(lane.edge_id, Math.max(known, lane.last_heard_at_ms));
    }
    const silent = heard.silentNow();
    const inService = new Set(edges.map(({ id }) => id));
    for (const edge of edges) {
      this.#addEdge(edge, { silent: silent.has(edge.id), heard_ms: lastHeard.get(edge.id), now_ms });
    }
    for (const lane of lanes) {
      const isMissing = silent.has(lane.edge_id);
      if (!isMissing && isSilent(lane, now_ms, silence)) continue;
      this.#addLane(lane, { isMissing, isExpected: inService.has(lane.edge_id) });
    }
  }

  #addEdge(
    edge: EdgeInService,
    { silent, heard_ms, now_ms }: { silent: boolean; heard_ms: number | undefined; now_ms: number },
  ): void {
    if (this.#wanted.SITE.has(edge.site_id)) {
      const site = this.#site(edge.site_id);
      site.expected += 1;
      if (silent) site.traffic.complete = false;
      else site.heard += 1;
    }
    if (!this.#wanted.EDGE.has(edge.id)) return;
    const period = edge.service.find(({ from, to }) => from <= now_ms && now_ms < to);
    const since_ms = Math.max(heard_ms ?? Number.NEGATIVE_INFINITY, period?.from ?? now_ms);
    this.#edges.set(edge.id, { traffic: new RateSum(), silence_ms: Math.max(0, now_ms - since_ms) });
  }

  /** A lane of a silent edge makes its sums incomplete and adds nothing to them. */
  #addLane(lane: Lane, { isMissing, isExpected }: { isMissing: boolean; isExpected: boolean }): void {
    const sums = this.#sumsOf(lane, isExpected);
    const isRated = !isMissing && ratedSpan(lane) !== undefined;
    for (const { policy_id, rate } of lane.pairs.values()) {
      const own = this.#wanted.POLICY.has(policy_id) ? [getOrSet(this.#policies, policy_id)] : [];
      for (const sum of [...sums, ...own]) {
        if (isRated) sum.add(rate);
        else sum.complete = false;
      }
    }
    // An edge that reports and has no traffic adds 0.
    if (isRated && lane.pairs.size === 0) for (const sum of sums) sum.known = true;
    if (!isMissing) this.#addPaths(lane);
  }

  #sumsOf({ edge_id, site_id }: Lane, isExpected: boolean): RateSum[] {
    const site = this.#wanted.SITE.has(site_id) ? [this.#site(site_id).traffic] : [];
    const edge = isExpected ? this.#edges.get(edge_id) : undefined;
    return edge ? [...site, edge.traffic] : site;
  }

  #addPaths({ edge_id, part, paths }: Lane): void {
    if (this.#wanted.PATH.size === 0) return;
    for (const { path_id, reading } of paths.values()) {
      if (!reading || !this.#wanted.PATH.has(path_id)) continue;
      const known = this.#paths.get(path_id);
      if (known && known.reading.measured_at_ms >= reading.measured_at_ms) continue;
      this.#paths.set(path_id, { reading, lane: { edge_id, part } });
    }
  }

  #site(id: string): SiteSum {
    const found = this.#sites.get(id);
    if (found) return found;
    const site = { traffic: new RateSum(), expected: 0, heard: 0 };
    this.#sites.set(id, site);
    return site;
  }

  /** The lane that reports each path with a threshold. */
  laneOfPaths(): ReadonlyMap<string, LaneOfPath> {
    return new Map(Array.from(this.#paths, ([id, { lane }]) => [id, lane]));
  }

  /**
   * The figure of a threshold.
   *
   * @param complete whether every lane was read; otherwise sums aren't known
   */
  of(
    { scope, target_id, metric }: Threshold,
    { complete, now_ms }: { complete: boolean; now_ms: number },
  ): FigureNow {
    if (scope === 'POLICY') return complete ? traffic(this.#policies.get(target_id), metric) : UNKNOWN_FIGURE;
    if (scope === 'SITE') return complete ? siteFigure(this.#sites.get(target_id), metric) : UNKNOWN_FIGURE;
    if (scope === 'PATH') return this.#path(target_id, { metric, now_ms });
    const edge = this.#edges.get(target_id);
    if (!edge) return UNKNOWN_FIGURE;
    if (metric !== 'SILENCE_MINUTES') return traffic(edge.traffic, metric);
    return { value: edge.silence_ms / MINUTE_MS, complete: true };
  }

  #path(id: string, { metric, now_ms }: { metric: Threshold['metric']; now_ms: number }): FigureNow {
    const known = (value: number): FigureNow => ({ value, complete: true });
    const rate = this.path_rates.get(id);
    if (metric === 'TX_BITS_PER_SECOND') return rate ? known(rate.tx_bits_per_second) : UNKNOWN_FIGURE;
    if (metric === 'RX_BITS_PER_SECOND') return rate ? known(rate.rx_bits_per_second) : UNKNOWN_FIGURE;
    if (metric === 'BITS_PER_SECOND') {
      return rate ? known(rate.tx_bits_per_second + rate.rx_bits_per_second) : UNKNOWN_FIGURE;
    }
    const reading = this.#paths.get(id)?.reading;
    if (!reading || now_ms - reading.measured_at_ms > MEASURED_MS) return UNKNOWN_FIGURE;
    if (metric === 'LATENCY_MS') return known(reading.latency_ms);
    if (metric === 'JITTER_MS') return known(reading.jitter_ms);
    if (metric === 'PACKET_LOSS_PCT') return known(reading.packet_loss_pct);
    return metric === 'SCORE' ? known(healthScore(reading)) : UNKNOWN_FIGURE;
  }
}

/** Older measurements aren't current: 15 minutes, as for the alarms of paths. */
const MEASURED_MS = 15 * MINUTE_MS;

function traffic(sum: RateSum | undefined, metric: Threshold['metric']): FigureNow {
  if (!sum) return UNKNOWN_FIGURE;
  return metric === 'PACKETS_PER_SECOND' ? sum.packets() : sum.bits();
}

function siteFigure(site: SiteSum | undefined, metric: Threshold['metric']): FigureNow {
  if (!site) return UNKNOWN_FIGURE;
  if (metric !== 'COMPLETENESS_PCT') return traffic(site.traffic, metric);
  if (site.expected === 0) return UNKNOWN_FIGURE;
  return { value: (100 * site.heard) / site.expected, complete: true };
}

function getOrSet(sums: Map<string, RateSum>, id: string): RateSum {
  const found = sums.get(id);
  if (found) return found;
  const sum = new RateSum();
  sums.set(id, sum);
  return sum;
}
