import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applicationClass } from '../../../core/policy/application-class.ts';
import { seededRandom } from '../../../edge/simulation/random.ts';
import { simulatedEdges } from '../../../edge/simulation/simulated-edges.ts';
import { type FlowTick, siteTraffic, timeOfDay } from '../../../edge/simulation/site-traffic.ts';

function ticks(seed: string, count: number, flows = 200): FlowTick[] {
  const next = siteTraffic({ seed, site: 1, sites: 3, endpoint_ids: ['wan1', 'wan2'], flows, tick_s: 10 });
  return Array.from({ length: count }, next).flat();
}

describe('simulated traffic', () => {
  it('is the same for the same seed, and different for another', () => {
    expect(ticks('7', 20)).toEqual(ticks('7', 20));
    expect(ticks('7', 20)).not.toEqual(ticks('8', 20));
  });

  it('has packets of realistic sizes', () => {
    for (const { packets, bytes, from, to } of ticks('1', 100)) {
      expect(packets).toBeGreaterThan(0);
      expect(bytes / packets).toBeGreaterThanOrEqual(40);
      expect(bytes / packets).toBeLessThanOrEqual(1500);
      expect(0 <= from && from <= to && to <= 1).toBe(true);
    }
  });

  it('mixes applications, IPv4 and IPv6, endpoints and protocols', () => {
    const all = ticks('1', 100).map(({ flow, endpoint_id }) => ({ ...flow, endpoint_id }));
    const classes = new Set(all.map(flow => applicationClass(flow.protocol, flow.src_port, flow.dst_port)));
    expect([...classes].sort()).toEqual([
      'Backup',
      'Database',
      'Email',
      'FileTransfer',
      'Other',
      'VideoConference',
      'VoIP',
      'Web',
    ]);
    expect(new Set(all.map(({ protocol }) => protocol))).toEqual(new Set([1, 6, 17, 58]));
    expect(new Set(all.map(({ endpoint_id }) => endpoint_id))).toEqual(new Set(['wan1', 'wan2']));
    const six = all.filter(({ src }) => src.includes(':')).length / all.length;
    expect(six).toBeGreaterThan(0.1);
    expect(six).toBeLessThan(0.3);
  });

  it('has a heavy tail: the largest tenth of the flows carries most of the bytes', () => {
    const sizes = [...Map.groupBy(ticks('1', 200), ({ flow }) => JSON.stringify(flow)).values()]
      .map(parts => parts.reduce((sum, { bytes }) => sum + bytes, 0))
      .sort((a, b) => b - a);
    const sum = (list: number[]) => list.reduce((all, size) => all + size, 0);
    expect(sum(sizes.slice(0, sizes.length / 10)) / sum(sizes)).toBeGreaterThan(0.7);
  });

  it('keeps about the requested number of flows alive', () => {
    const mean = ticks('1', 200, 400).length / 200;
    expect(mean).toBeGreaterThan(150);
    expect(mean).toBeLessThan(1200);
  });

  it('follows the time of day', () => {
    expect(timeOfDay(4)).toBeLessThan(0.1);
    expect(timeOfDay(10.5)).toBeGreaterThan(0.8);
    expect(timeOfDay(12.5)).toBeLessThan(timeOfDay(11));
    expect(timeOfDay(28)).toBe(timeOfDay(4));
  });

  it('gives edges their own ids', () => {
    const edges = simulatedEdges(200);
    expect(edges[2]).toMatchObject({ edge_id: 'edge-3', endpoint_ids: ['wan1', 'wan2'] });
    expect(new Set(edges.map(({ site_id }) => site_id)).size).toBe(200);
    for (const { site_id } of edges)
      expect(site_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('seeded random numbers', () => {
  it('have the requested distributions', () => {
    const random = seededRandom('distributions');
    const many = <T>(draw: () => T) => Array.from({ length: 20_000 }, draw);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(many(random.next))).toBeCloseTo(0.5, 1);
    expect(mean(many(random.normal))).toBeCloseTo(0, 1);
    expect(mean(many(() => random.normal() ** 2))).toBeCloseTo(1, 1);
    expect(mean(many(() => random.poisson(3)))).toBeCloseTo(3, 0);
    expect(mean(many(() => random.poisson(300)))).toBeCloseTo(300, -1);
    expect(mean(many(() => random.pareto(1, 3)))).toBeCloseTo(1.5, 1);
    const picked = many(() => random.pick([{ weight: 1 }, { weight: 3 }]).weight);
    expect(mean(picked)).toBeCloseTo(2.5, 1);
  });

  it('stay within their bounds', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), fc.nat(1000), (seed, min, span) => {
        const value = seededRandom(seed).whole(min, min + span);
        expect(value >= min && value <= min + span).toBe(true);
      }),
    );
  });
});
