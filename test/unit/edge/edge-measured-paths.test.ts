import { describe, expect, it } from 'vitest';
import type { EdgePath } from '../../../core/routing/edge-routes.ts';
import { noPathCounts, type PathCounts } from '../../../core/totals/path-counts.ts';
import { HeardProbes, ownsProbing } from '../../../edge/paths/heard-probes.ts';
import { LossWindow } from '../../../edge/paths/loss-window.ts';
import { MeasuredPaths } from '../../../edge/paths/measured-paths.ts';
import { RateMeter } from '../../../edge/paths/rate-meter.ts';
import { tunnelEnds } from '../../../edge/paths/tunnel-ends.ts';
import type { ProbeAnswer } from '../../../edge/probe/probe-outcome.ts';
import { fakeTime } from '../../support/fake-time.ts';

const edgePath = (path_id: string, peer_address = '198.51.100.1'): EdgePath => ({
  path_id,
  endpoint_id: 'wan1',
  address: '192.0.2.1',
  peer_endpoint_id: 'wan1',
  peer_address,
});

function measuring(
  more: {
    bandwidthOf?: () => number | undefined;
    in_bunches?: boolean;
    isProbedByPeer?: (path: EdgePath) => boolean;
  } = {},
  time = fakeTime(),
) {
  const skew = { ms: 0 };
  const troubles: string[] = [];
  const probed: string[] = [];
  const totals = new Map<string, PathCounts>();
  const next: { answer: Partial<ProbeAnswer>; meanwhile: () => void } = { answer: {}, meanwhile: () => {} };
  const measured = new MeasuredPaths({
    async probe({ path_id }) {
      probed.push(path_id);
      next.meanwhile();
      return {
        method: 'UDP_ECHO',
        sent: 20,
        received: 19,
        latency_ms: 12.34567,
        jitter_ms: 0.8,
        measured_at: new Date(time.clock()).toISOString(),
        error: null,
        ...next.answer,
      };
    },
    totals: () => totals,
    interval_ms: 60_000,
    onTrouble: reason => troubles.push(reason),
    schedule: time.schedule,
    clock: () => time.clock() + skew.ms,
    ...more,
  });
  return { time, skew, measured, probed, totals, troubles, next };
}

describe('the paths of an edge', () => {
  it('are measured at once and once an interval, and every report has the last measurement and the totals', async () => {
    const { time, measured, probed, totals } = measuring();
    measured.setPaths([edgePath('p-1')]);
    await time.advance(0);
    totals.set('p-1', { tx_packets: 10n, tx_bytes: 1000n, rx_packets: 9n, rx_bytes: 900n });
    const expected = {
      path_id: 'p-1',
      latency_ms: 12.346,
      jitter_ms: 0.8,
      packet_loss_pct: 1,
      bandwidth_mbps: 0,
      measured_at: '2026-01-31T12:00:00.000Z',
      tx_packets: 10n,
      tx_bytes: 1000n,
      rx_packets: 9n,
      rx_bytes: 900n,
    };
    expect(measured.reports()).toEqual([expected]);
    await time.advance(59_999);
    expect(measured.reports()).toEqual([expected]);
    expect(probed).toHaveLength(1);
    await time.advance(1);
    const second = { ...expected, packet_loss_pct: 2, measured_at: '2026-01-31T12:01:00.000Z' };
    expect(measured.reports()).toEqual([second]);
    await measured.stop();
    await time.advance(600_000);
    expect(probed).toHaveLength(2);
  });

  it('are in no report before their first measurement or after their removal', async () => {
    const { time, measured } = measuring();
    expect(measured.reports()).toEqual([]);
    measured.setPaths([edgePath('p-1')]);
    expect(measured.reports()).toEqual([]);
    await time.advance(0);
    expect(measured.reports()).toHaveLength(1);
    measured.setPaths([]);
    expect(measured.reports()).toEqual([]);
  });

  it('keep their measurements when other paths are added and removed', async () => {
    const { time, measured, probed, next } = measuring();
    measured.setPaths([edgePath('p-1')]);
    await time.advance(0);
    next.answer = { latency_ms: 99 };
    measured.setPaths([edgePath('p-1'), edgePath('p-2')]);
    await time.advance(0);
    expect(measured.reports()).toMatchObject([
      { path_id: 'p-1', latency_ms: 12.346 },
      { path_id: 'p-2', latency_ms: 99 },
    ]);
    expect(probed).toEqual(['p-1', 'p-2']);
  });

  it('are reported as dead only after a second failed probe a few seconds later', async () => {
    const { time, measured, probed, troubles, next } = measuring();
    measured.setPaths([edgePath('p-1')]);
    await time.advance(0);
    next.answer = { received: 0, latency_ms: 1000 };
    await time.advance(60_000 + 2999);
    expect(probed).toHaveLength(2);
    expect(measured.reports()).toMatchObject([
      { packet_loss_pct: 1, measured_at: '2026-01-31T12:00:00.000Z' },
    ]);
    await time.advance(1);
    expect(probed).toHaveLength(3);
    const dead = { packet_loss_pct: 100, latency_ms: 1000 };
    expect(measured.reports()).toMatchObject([{ ...dead, measured_at: '2026-01-31T12:01:03.000Z' }]);
    await time.advance(60_000);
    expect(measured.reports()).toMatchObject([{ ...dead, measured_at: '2026-01-31T12:02:03.000Z' }]);
    expect(troubles).toEqual([]);
  });

  it('are not reported as dead after single failed probes', async () => {
    const { time, measured, probed, next } = measuring();
    next.answer = { received: 0 };
    measured.setPaths([edgePath('p-1')]);
    for (let failure = 0; failure < 2; failure++) {
      next.answer = { received: 0 };
      await time.advance(failure * 60_000);
      next.answer = {};
      await time.advance(3000);
      expect(measured.reports()).toMatchObject([{ packet_loss_pct: 1 + failure }]);
    }
    expect(probed).toHaveLength(4);
  });

  it('that the other end probes are measured once, and again when it is silent', async () => {
    const time = fakeTime();
    const heard = new HeardProbes({ interval_ms: 60_000, clock: time.clock });
    const isProbedByPeer = ({ path_id, peer_address }: EdgePath) =>
      !ownsProbing({ path_id }, 'site-b') && heard.isProbing(peer_address);
    const { measured, probed, totals } = measuring({ isProbedByPeer }, time);
    measured.setPaths([edgePath('site-a.1'), edgePath('site-b.2')]);
    const probes = (path_id: string) => probed.filter(id => id === path_id).length;
    for (let minute = 0; minute < 10; minute++) {
      heard.hear('::ffff:198.51.100.1');
      await time.advance(60_000);
    }
    expect([probes('site-a.1'), probes('site-b.2')]).toEqual([1, 11]);
    // Its traffic is reported all the time, with the existing measurement.
    totals.set('site-a.1', { ...noPathCounts(), tx_packets: 5n });
    expect(measured.reports()).toMatchObject([
      { path_id: 'site-a.1', measured_at: '2026-01-31T12:00:00.000Z', tx_packets: 5n },
      { path_id: 'site-b.2' },
    ]);
    // Silent for three intervals: this end takes over.
    await time.advance(119_999);
    expect(probes('site-a.1')).toBe(1);
    await time.advance(60_001);
    expect(probes('site-a.1')).toBe(3);
    // The other end probes again: this end stops.
    heard.hear('198.51.100.1');
    await time.advance(120_000);
    expect(probes('site-a.1')).toBe(3);
    await measured.stop();
  });

  it('with blocked probes are not reported as dead if packets arrive during the probe', async () => {
    const { time, measured, probed, totals, troubles, next } = measuring();
    next.answer = { received: 0 };
    next.meanwhile = () => {
      const { rx_packets } = totals.get('p-busy') ?? noPathCounts();
      totals.set('p-busy', { ...noPathCounts(), rx_packets: rx_packets + 1n });
    };
    measured.setPaths([edgePath('p-busy')]);
    await time.advance(0);
    await time.advance(60_000);
    expect(probed).toHaveLength(2);
    expect(measured.reports()).toEqual([]);
    const blocked = 'Path p-busy carries traffic, but its probes are not answered: are they blocked?';
    expect(troubles).toEqual([blocked, blocked]);
  });

  it('with totals in batches carry traffic if some arrived since the last measurement', async () => {
    const { time, measured, totals, troubles, next } = measuring({ in_bunches: true });
    const arrive = (rx_packets: bigint) => totals.set('p-1', { ...noPathCounts(), rx_packets });
    measured.setPaths([edgePath('p-1')]);
    await time.advance(0);
    arrive(100n);
    next.answer = { received: 0 };
    await time.advance(60_000);
    expect(measured.reports()).toMatchObject([{ packet_loss_pct: 1 }]);
    expect(troubles).toHaveLength(1);
    // Nothing in the minute after: two failed probes make it dead.
    await time.advance(63_000);
    expect(measured.reports()).toMatchObject([{ packet_loss_pct: 100 }]);
    expect(troubles).toHaveLength(1);
  });

  it('are dead if packets arrived only before the probe', async () => {
    const { time, measured, totals, troubles, next } = measuring();
    next.answer = { received: 0 };
    totals.set('p-1', { ...noPathCounts(), rx_packets: 100n });
    measured.setPaths([edgePath('p-1')]);
    await time.advance(0);
    totals.set('p-1', { ...noPathCounts(), rx_packets: 101n });
    await time.advance(3000);
    expect(measured.reports()).toMatchObject([{ packet_loss_pct: 100 }]);
    expect(troubles).toEqual([]);
  });

  it('are still measured after the clock was set back', async () => {
    const { time, skew, measured, probed } = measuring();
    measured.setPaths([edgePath('p-1')]);
    await time.advance(0);
    // Timers use a clock that is never set.
    skew.ms = -3_600_000;
    await time.advance(60_000);
    expect(probed).toHaveLength(2);
  });

  it('report why they could not be measured, and keep their last state', async () => {
    const { time, measured, troubles, next } = measuring();
    measured.setPaths([edgePath('p-1')]);
    await time.advance(0);
    next.answer = { sent: 0, measured_at: null, error: 'the endpoint has no address' };
    await time.advance(60_000);
    expect(troubles).toEqual(['Path p-1 could not be measured: the endpoint has no address']);
    expect(measured.reports()).toMatchObject([{ measured_at: '2026-01-31T12:00:00.000Z' }]);
  });

  it('have their known bandwidth, or else the highest rate seen', async () => {
    const known = measuring({ bandwidthOf: () => 940 });
    known.measured.setPaths([edgePath('p-1')]);
    await known.time.advance(0);
    expect(known.measured.reports()).toMatchObject([{ bandwidth_mbps: 940 }]);
    const { time, measured, totals } = measuring();
    measured.setPaths([edgePath('p-1')]);
    await time.advance(0);
    measured.reports();
    totals.set('p-1', { ...noPathCounts(), tx_bytes: 1_000_000n, rx_bytes: 2_500_000n });
    await time.advance(10_000);
    expect(measured.reports()).toMatchObject([{ bandwidth_mbps: 2 }]);
    await time.advance(10_000);
    expect(measured.reports()).toMatchObject([{ bandwidth_mbps: 2 }]);
  });
});

describe('the loss of a path', () => {
  it('covers its last 100 packets, so that one lost packet is 1 % from the first probe on', () => {
    const loss = new LossWindow();
    const one = [19, 20, 20, 20, 20, 20].map(received => loss.add({ sent: 20, received }));
    expect(one).toEqual([1, 1, 1, 1, 1, 0]);
    for (let probe = 0; probe < 5; probe++) loss.add({ sent: 20, received: 18 });
    expect(loss.add({ sent: 20, received: 18 })).toBe(10);
  });

  it('is 100 % at once when no packet returns, and drops that series when the path is back', () => {
    const loss = new LossWindow();
    for (let probe = 0; probe < 5; probe++) loss.add({ sent: 20, received: 20 });
    expect(loss.add({ sent: 20, received: 0 })).toBe(100);
    expect(loss.add({ sent: 20, received: 20 })).toBe(0);
  });

  it('covers as many packets from short series, and is 100 % after 20 lost in a row', () => {
    const loss = new LossWindow();
    expect(loss.add({ sent: 5, received: 4 })).toBe(1);
    for (let probe = 0; probe < 19; probe++) expect(loss.add({ sent: 5, received: 5 })).toBe(1);
    expect(loss.add({ sent: 5, received: 5 })).toBe(0);
    expect([0, 0, 0, 0, 0].map(received => loss.add({ sent: 5, received }))).toEqual([5, 10, 15, 100, 100]);
    expect(loss.add({ sent: 5, received: 5 })).toBe(0);
  });
});

it('ignores the time of a clock that was set back in rates', () => {
  const meter = new RateMeter();
  meter.highestMbps({ tx_bytes: 0n, rx_bytes: 0n }, 10_000);
  expect(meter.highestMbps({ tx_bytes: 10n ** 9n, rx_bytes: 0n }, 5000)).toBe(0);
  expect(meter.highestMbps({ tx_bytes: 10n ** 9n + 10n ** 6n, rx_bytes: 0n }, 13_000)).toBe(1);
});

it('counts traffic of less than a second in the next rate', () => {
  const meter = new RateMeter();
  const look = (tx_bytes: bigint, now: number) => meter.highestMbps({ tx_bytes, rx_bytes: 0n }, now);
  look(0n, 10_000);
  expect(look(10n ** 6n, 10_005)).toBe(0);
  expect(look(10n ** 6n, 10_999)).toBe(0);
  expect(look(10n ** 6n, 12_000)).toBe(4);
  expect(look(2n * 10n ** 6n, 13_000)).toBe(8);
});

describe("the ends of a path's tunnel", () => {
  const resolve = async (host: string, family: number) => {
    if (host === 'gone.example') throw new Error('ENOTFOUND');
    if (host === 'printer.local') return 'fe80::1%eth0';
    return family === 6 ? '2001:db8::99' : '203.0.113.99';
  };

  it('are the addresses of its endpoints, with names resolved in the address family of the other end', async () => {
    const paths = [
      edgePath('p-1', '198.51.100.1:51820'),
      edgePath('p-2', 'hub.example'),
      { ...edgePath('p-3', 'hub.example:51820'), address: '[2001:db8::1]:51820' },
    ];
    expect(await tunnelEnds(paths, resolve)).toEqual([
      { path_id: 'p-1', local: { address: '192.0.2.1' }, remote: { address: '198.51.100.1', port: 51820 } },
      { path_id: 'p-2', local: { address: '192.0.2.1' }, remote: { address: '203.0.113.99' } },
      {
        path_id: 'p-3',
        local: { address: '2001:db8::1', port: 51820 },
        remote: { address: '2001:db8::99', port: 51820 },
      },
    ]);
  });

  it('are unknown for unresolved names, empty addresses, mixed families and addresses with a zone', async () => {
    const paths = [
      edgePath('p-1', 'gone.example'),
      edgePath('p-2', ''),
      edgePath('p-3', '2001:db8::1'),
      { ...edgePath('p-4', 'printer.local'), address: '2001:db8::1' },
      { ...edgePath('p-5', '2001:db8::2'), address: 'fe80::2%eth0' },
    ];
    expect(await tunnelEnds(paths, resolve)).toEqual([]);
  });
});
