import { describe, expect, it } from 'vitest';
import type { Threshold } from '../../../core/alarms/thresholds/threshold.ts';
import type { EdgeInService } from '../../../core/inventory/edges/read-edges.ts';
import { emptyPair, type Lane, type LanePath } from '../../../core/ledger/lane/lane.ts';
import { packRate } from '../../../core/ledger/lane/pair-rate.ts';
import { noPathCounts } from '../../../core/totals/path-counts.ts';
import { ThresholdFigures } from '../../../core/watch/threshold-figures.ts';
import { someLane } from '../../support/stored-lane.ts';

const NOW = Date.parse('2026-03-15T12:00:00Z');
const MINUTE_MS = 60_000;

const edge = (id: string, site_id = 's-1'): EdgeInService => ({
  ...{ id, site_id, interval_s: 60 },
  service: [{ from: NOW - 3_600_000, to: Number.POSITIVE_INFINITY }],
});

/** A lane with this number of bytes a second under policies, as of a report of now. */
const lane = (edge_id: string, carries: Record<string, number>, given: Partial<Lane> = {}): Lane => ({
  ...someLane({ edge_id, site_id: 's-1', last_heard_at_ms: NOW }),
  ...{ sent_at_ms: NOW, rated_ms: MINUTE_MS, paths: new Map() },
  pairs: new Map(
    Object.entries(carries).map(([policy_id, bytes]) => {
      const rate = packRate(BigInt(bytes * 60), BigInt(60), MINUTE_MS);
      return [policy_id, { ...emptyPair({ policy_id, endpoint_id: 'wan1' }), rate }] as const;
    }),
  ),
  ...given,
});

const on = (scope: Threshold['scope'], target_id: string, metric: Threshold['metric']): Threshold => ({
  ...{ id: '01T', name: 'T', scope, target_id, metric, direction: 'ABOVE', value: 1, clear_value: 1 },
  ...{ minutes: 1, created_at: '', updated_at: '' },
});

function figureOf(
  threshold: Threshold,
  { edges, lanes, complete = true }: { edges: EdgeInService[]; lanes: Lane[]; complete?: boolean },
) {
  const figures = new ThresholdFigures([threshold]);
  figures.add({ edges, lanes, now_ms: NOW });
  return figures.of(threshold, { complete, now_ms: NOW });
}

const UNKNOWN = { value: null, complete: false };
const both = [edge('a'), edge('b')];

describe('the figure of a threshold', () => {
  it('on traffic is the sum over the lanes', () => {
    const lanes = [lane('a', { 7: 100, 8: 1 }), lane('b', { 7: 50 })];
    const policy = on('POLICY', '7', 'BITS_PER_SECOND');
    expect(figureOf(policy, { edges: both, lanes })).toEqual({ value: 1200, complete: true });
    const site = on('SITE', 's-1', 'PACKETS_PER_SECOND');
    expect(figureOf(site, { edges: both, lanes })).toEqual({ value: 3, complete: true });
    const one = on('EDGE', 'a', 'BITS_PER_SECOND');
    expect(figureOf(one, { edges: both, lanes })).toEqual({ value: 808, complete: true });
  });

  it('on traffic is incomplete if one of its edges is silent', () => {
    const old = NOW - 10 * MINUTE_MS;
    const lanes = [lane('a', { 7: 100 }), lane('b', { 8: 50 }, { last_heard_at_ms: old, sent_at_ms: old })];
    const of = (threshold: Threshold) => figureOf(threshold, { edges: both, lanes });
    expect(of(on('SITE', 's-1', 'BITS_PER_SECOND'))).toEqual({ value: 800, complete: false });
    expect(of(on('POLICY', '7', 'BITS_PER_SECOND'))).toEqual({ value: 800, complete: true });
    expect(of(on('POLICY', '8', 'BITS_PER_SECOND'))).toEqual(UNKNOWN);
    expect(of(on('EDGE', 'b', 'BITS_PER_SECOND'))).toEqual(UNKNOWN);
    expect(of(on('SITE', 's-1', 'COMPLETENESS_PCT'))).toEqual({ value: 50, complete: true });
    expect(of(on('EDGE', 'b', 'SILENCE_MINUTES'))).toEqual({ value: 10, complete: true });
  });

  it('on traffic is unknown before the second report of a boot, and for sums until all lanes are read', () => {
    const first = { edges: [edge('a')], lanes: [lane('a', { 7: 100 }, { rated_ms: undefined })] };
    expect(figureOf(on('POLICY', '7', 'BITS_PER_SECOND'), first)).toEqual(UNKNOWN);
    const some = { edges: both, lanes: [lane('a', { 7: 100 })], complete: false };
    expect(figureOf(on('POLICY', '7', 'BITS_PER_SECOND'), some)).toEqual(UNKNOWN);
    expect(figureOf(on('EDGE', 'a', 'BITS_PER_SECOND'), some)).toEqual({ value: 800, complete: true });
  });

  it('is unknown without any report, except the silence of an edge', () => {
    const none = { edges: [edge('a')], lanes: [] };
    expect(figureOf(on('POLICY', '7', 'BITS_PER_SECOND'), none)).toEqual(UNKNOWN);
    expect(figureOf(on('SITE', 's-2', 'COMPLETENESS_PCT'), none)).toEqual(UNKNOWN);
    expect(figureOf(on('PATH', 'p', 'SCORE'), none)).toEqual(UNKNOWN);
    expect(figureOf(on('EDGE', 'a', 'SILENCE_MINUTES'), none)).toEqual({ value: 60, complete: true });
    expect(figureOf(on('EDGE', 'gone', 'SILENCE_MINUTES'), none)).toEqual(UNKNOWN);
  });

  it('on a path is its newest measurement in the last 15 minutes', () => {
    const measured = (minutes_ago: number, packet_loss_pct: number): ReadonlyMap<string, LanePath> => {
      const at = NOW - minutes_ago * MINUTE_MS;
      const reading = {
        ...{ measured_at_ms: at, told_at_ms: at, latency_ms: 20, jitter_ms: 2, packet_loss_pct },
        bandwidth_mbps: 100,
      };
      return new Map([['p', { path_id: 'p', current: noPathCounts(), earlier: noPathCounts(), reading }]]);
    };
    const lanes = [lane('a', {}, { paths: measured(3, 4) }), lane('b', {}, { paths: measured(1, 1) })];
    const of = (metric: Threshold['metric'], read = lanes) =>
      figureOf(on('PATH', 'p', metric), { edges: both, lanes: read });
    expect(of('PACKET_LOSS_PCT')).toEqual({ value: 1, complete: true });
    expect(of('LATENCY_MS')).toEqual({ value: 20, complete: true });
    expect(of('SCORE').value).toBeCloseTo(80.4, 1);
    expect(of('PACKET_LOSS_PCT', [lane('a', {}, { paths: measured(16, 4) })])).toEqual(UNKNOWN);
    expect(of('TX_BITS_PER_SECOND')).toEqual(UNKNOWN);
  });
});
