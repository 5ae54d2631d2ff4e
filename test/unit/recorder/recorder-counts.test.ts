import { describe, expect, it } from 'vitest';
import type { FlowKey } from '../../../core/policy/flow-key.ts';
import { KEY_WORDS, metaV4, packFlowKey } from '../../../core/policy/flow-key.ts';
import { compilePolicies } from '../../../core/policy/policy-match.ts';
import { Recorder } from '../../../core/recorder/recorder.ts';

const FLOW: FlowKey = { src: '10.0.0.1', src_port: 50_000, dst: '192.0.2.9', dst_port: 443, protocol: 6 };
const T0 = Date.UTC(2026, 0, 31, 12);

function policy(id: string, priority: number, match = {}) {
  return { id, name: id, priority, enabled: true, match };
}

function numbered(n: number): FlowKey {
  return { ...FLOW, src: `10.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}` };
}

describe('counts stay exact', () => {
  it('past 2^53, packet by packet', () => {
    const recorder = new Recorder();
    const counts = { packets: 2n ** 53n - 1n, bytes: 2n ** 62n + 3n, first_ms: T0, last_ms: T0 };
    recorder.recordFlow(FLOW, counts, { policy_id: '1' });
    for (let i = 0; i < 5; i++) {
      recorder.recordPacket('1', FLOW, 1, T0);
    }
    const stats = recorder.getPolicyStats('1');
    expect([stats.packets_exact, stats.bytes_exact]).toEqual([2n ** 53n + 4n, 2n ** 62n + 8n]);
    expect(stats).toMatchObject({ packets_matched: 2 ** 53 + 4, bytes_matched: 2 ** 62 });
    expect(recorder.takeInterval().policies).toMatchObject([
      { packets: 2n ** 53n + 4n, bytes: 2n ** 62n + 8n },
    ]);
    recorder.resetAll();
    recorder.recordPacket('1', FLOW, 7, T0);
    expect(recorder.totals()).toMatchObject({ packets: 1n, bytes: 7n });
  });

  it('past 2^53 by packets alone (of a size beyond any real one, to get there)', () => {
    const recorder = new Recorder();
    for (let i = 0; i < 9; i++) {
      recorder.recordPacket('1', FLOW, 2 ** 51 + 1, T0);
    }
    expect(recorder.totals()).toMatchObject({ packets: 9n, bytes: 9n * (2n ** 51n + 1n) });
  });

  it('for many pairs, in many endpoints', () => {
    const recorder = new Recorder({ endpoint_id: 'wan0' });
    const counts = { packets: 1n, bytes: 2n ** 51n + 1n, first_ms: T0, last_ms: T0 };
    for (let n = 0; n < 100; n++) {
      recorder.recordFlow(FLOW, counts, { policy_id: `${n % 5}`, endpoint_id: `wan${n % 20}` });
    }
    expect(recorder.takeInterval().policies).toHaveLength(20);
    expect(recorder.totals()).toEqual({ packets: 100n, bytes: 100n * (2n ** 51n + 1n), flows: 20 });
    expect(recorder.getPolicyStats('0')).toMatchObject({
      active_flows: 4,
      bytes_exact: 20n * (2n ** 51n + 1n),
    });
  });

  it.each(['packets', 'bytes'])('for pairs whose %s pass 2^53 only together', count => {
    const recorder = new Recorder();
    const counts = { packets: 1n, bytes: 1n, first_ms: T0, last_ms: T0, [count]: 2n ** 52n - 1n };
    for (let n = 0; n < 5; n++) recorder.recordFlow(FLOW, counts, { policy_id: '1', endpoint_id: `wan${n}` });
    const exact = { packets: 5n, bytes: 5n, [count]: 5n * (2n ** 52n - 1n) };
    expect(recorder.totals()).toEqual({ ...exact, flows: 5 });
    expect(recorder.getPolicyStats('1')).toMatchObject({
      packets_matched: Number(exact.packets),
      bytes_matched: Number(exact.bytes),
    });
  });

  it('for a flow of more bytes at once than its entry can hold', () => {
    const recorder = new Recorder();
    const bytes = 2n ** 53n + 1n;
    recorder.recordFlow(FLOW, { packets: 1n, bytes, first_ms: T0, last_ms: T0 }, { policy_id: '1' });
    recorder.recordPacket('1', FLOW, 7, T0);
    expect(recorder.takeInterval().flows.map(({ packets, bytes }) => [packets, bytes])).toEqual([
      [1n, bytes],
      [1n, 7n],
    ]);
  });

  it('for a flow of more packets than its entry can hold', () => {
    const recorder = new Recorder();
    const many = { packets: 2n ** 31n - 2n, bytes: 2n ** 40n, first_ms: T0, last_ms: T0 };
    recorder.recordFlow(FLOW, many, { policy_id: '1' });
    for (let i = 0; i < 3; i++) {
      recorder.recordPacket('1', FLOW, 10, T0 + i);
    }
    const { flows } = recorder.takeInterval();
    expect(flows.map(({ packets, bytes }) => [packets, bytes])).toEqual([
      [2n ** 31n - 1n, 2n ** 40n + 10n],
      [2n, 20n],
    ]);
    recorder.recordFlow(FLOW, many, { policy_id: '1' });
    recorder.recordFlow(FLOW, { ...many, packets: 1n, bytes: 1n }, { policy_id: '1' });
    expect(recorder.takeInterval().flows.map(({ packets }) => packets)).toEqual([2n ** 31n - 1n]);
    recorder.recordFlow(FLOW, many, { policy_id: '1' });
    recorder.recordFlow(FLOW, many, { policy_id: '1' });
    expect(recorder.takeInterval().flows.map(({ packets }) => packets)).toEqual([
      2n ** 31n - 2n,
      2n ** 31n - 2n,
    ]);
  });
});

const V6_FLOW: FlowKey = { ...FLOW, src: '2001:db8::', dst: '2001:db8::' };
it.each<[string, (n: number) => FlowKey]>([
  ['IPv4 sources', numbered],
  ['IPv4 destinations', n => ({ ...FLOW, dst: numbered(n).src })],
  ['IPv4 source ports', n => ({ ...FLOW, src_port: n })],
  ['IPv4 destination ports', n => ({ ...FLOW, dst_port: n })],
  ['IPv6 sources', n => ({ ...V6_FLOW, src: `2001:db8::${(n + 1).toString(16)}` })],
  ['IPv6 destinations', n => ({ ...V6_FLOW, dst: `2001:db8::${(n + 1).toString(16)}` })],
])('counts packets of many %s alike as packed keys and as objects', (name, flowOf) => {
  // So many that their places in the table collide, and that each place is used in some run.
  const flows = Array.from({ length: 500 }, (_, n) => flowOf(n));
  const words = flows.map(flow => {
    const key = new Int32Array(KEY_WORDS);
    packFlowKey(flow, 0, key);
    return key;
  });
  const expected = flows.map((flow, n) => ({ ...flow, packets: 2n, bytes: BigInt(2 * n + 1) }));
  for (let run = 0; run < 3; run++) {
    const recorder = new Recorder({ flow_capacity: 500 });
    recorder.time_ms[0] = T0;
    for (const more of [0, 1]) {
      for (const [n, key] of words.entries()) {
        if (name.startsWith('IPv4')) recorder.recordV4(key[0]!, key[1]!, key[2]!, key[3]!, n + more);
        else recorder.recordV6(key, n + more);
        recorder.noteZeroPorts(key);
      }
    }
    expect([recorder.activeFlowCount(), recorder.evictedFlows]).toEqual([500, 0]);
    const counted = recorder
      .takeInterval()
      .flows.map(({ src, src_port, dst, dst_port, protocol, packets, bytes }) => ({
        ...{ src, src_port, dst, dst_port, protocol, packets, bytes },
      }));
    const bySize = counted.toSorted((a, b) => Number(a.bytes - b.bytes));
    expect(bySize).toEqual(expected);
  }
});

describe('policies', () => {
  const web = policy('1', 10, { destination_port_from: 443 });
  const all = policy('2', 20);

  it('are matched once for each flow, and default gets the other flows', () => {
    const recorder = new Recorder();
    recorder.setPolicies(compilePolicies([web]));
    const key = Int32Array.of(0x0a000001, 0x0a000002, (5 << 16) | 443, metaV4(6, 0), 0, 0, 0, 0, 0, 0);
    recorder.recordV4(key[0]!, key[1]!, key[2]!, key[3]!, 100);
    recorder.recordV4(key[0]!, key[1]!, (5 << 16) | 80, key[3]!, 50);
    expect(recorder.getAllStats()).toMatchObject([
      { policy_id: '1', bytes_matched: 100, active_flows: 1 },
      { policy_id: 'default', bytes_matched: 50, active_flows: 1 },
    ]);
  });

  it('that change apply from the next packet of a known flow, and earlier packets stay where they were counted', () => {
    const recorder = new Recorder();
    const record = (size: number) => recorder.recordV4(1, 2, 443, metaV4(6, 0), size);
    recorder.setPolicies(compilePolicies([web]));
    record(100);
    recorder.setPolicies(compilePolicies([web, all]));
    expect(recorder.getPolicyStats('1')).toMatchObject({ bytes_matched: 100, active_flows: 1 });
    record(10);
    record(10);
    expect(recorder.getAllStats()).toMatchObject([
      { policy_id: '1', bytes_matched: 100, active_flows: 0 },
      { policy_id: '2', bytes_matched: 20, active_flows: 1 },
    ]);
    expect(recorder.takeInterval().flows).toMatchObject([
      { policy_id: '1', packets: 1n, bytes: 100n },
      { policy_id: '2', packets: 2n, bytes: 20n },
    ]);
  });

  it('that change twice between two packets of a flow keep its number of flows right', () => {
    const recorder = new Recorder();
    recorder.setPolicies(compilePolicies([web]));
    recorder.recordV4(1, 2, 443, metaV4(6, 0), 100);
    recorder.setPolicies(compilePolicies([all]));
    recorder.setPolicies(compilePolicies([web]));
    recorder.updateFlowCounts();
    expect(recorder.getPolicyStats('1').active_flows).toBe(1);
    expect(recorder.cleanupStaleFlows(0, Number.MAX_SAFE_INTEGER)).toBe(1);
    expect(recorder.getPolicyStats('1').active_flows).toBe(0);
  });
});

describe('intervals', () => {
  it('contain increments, while the totals continue', () => {
    const recorder = new Recorder();
    recorder.recordPacket('1', FLOW, 100, T0);
    recorder.recordPacket('1', FLOW, 50, T0 + 1500);
    expect(recorder.takeInterval()).toEqual({
      policies: [{ policy_id: '1', endpoint_id: 'wan1', packets: 2n, bytes: 150n, active_flows: 1 }],
      flows: [
        {
          policy_id: '1',
          endpoint_id: 'wan1',
          ...FLOW,
          packets: 2n,
          bytes: 150n,
          first: '2026-01-31T12:00:00.000Z',
          last: '2026-01-31T12:00:01.500Z',
        },
      ],
      unlisted: [],
    });
    expect(recorder.takeInterval()).toMatchObject({
      policies: [{ packets: 2n, active_flows: 1 }],
      flows: [],
    });
    recorder.recordPacket('1', FLOW, 7, T0 + 70_000);
    expect(recorder.takeInterval()).toMatchObject({
      policies: [{ packets: 3n, bytes: 157n }],
      flows: [{ packets: 1n, bytes: 7n, first: '2026-01-31T12:01:10.000Z' }],
    });
  });

  it('sum up the flows that a flood of evictions leaves no room to list, and lose nothing', () => {
    const recorder = new Recorder({ flow_capacity: 1000 });
    for (let n = 0; n < 20_000; n++) {
      recorder.recordPacket(n % 2 ? 'odd' : 'even', numbered(n), 10, T0 + n);
    }
    expect(recorder.evictedFlows).toBe(19_000);
    expect(recorder.activeFlowCount()).toBe(1000);
    const { policies, flows, unlisted } = recorder.takeInterval();
    expect(policies).toMatchObject([
      { policy_id: 'even', packets: 10_000n, active_flows: 500 },
      { policy_id: 'odd', packets: 10_000n, active_flows: 500 },
    ]);
    expect(flows).toHaveLength(4096 + 1000);
    expect(unlisted).toEqual([
      { policy_id: 'even', endpoint_id: 'wan1', flows: 7452, packets: 7452n, bytes: 74_520n },
      { policy_id: 'odd', endpoint_id: 'wan1', flows: 7452, packets: 7452n, bytes: 74_520n },
    ]);
    expect(recorder.takeInterval()).toMatchObject({ flows: [], unlisted: [] });
  });

  it('show times outside RFC 3339 as its first or last moment', () => {
    const recorder = new Recorder();
    recorder.recordPacket('1', FLOW, 1, -5);
    recorder.recordPacket('1', FLOW, 1, 1e20);
    expect(recorder.takeInterval().flows).toMatchObject([
      { first: '1970-01-01T00:00:00.000Z', last: '9999-12-31T23:59:59.999Z' },
    ]);
  });
});

it('keeps IPv6 flows apart in every word of their addresses', () => {
  const recorder = new Recorder();
  const six = (src: string, dst: string): FlowKey => ({ ...FLOW, src, dst });
  const keys = ['1::', '0:0:1::', '0:0:0:0:1::', '::1'].flatMap(one => [six(one, '::'), six('::', one)]);
  for (const key of [...keys, ...keys]) {
    recorder.recordPacket('1', key, 10, T0);
  }
  const { flows } = recorder.takeInterval();
  expect(flows.map(({ packets }) => packets)).toEqual(keys.map(() => 2n));
  expect(flows.map(({ src, dst }) => `${src} ${dst}`).sort()).toEqual(
    ['1::', '0:0:1::', '::1:0:0:0', '::1'].flatMap(one => [`${one} ::`, `:: ${one}`]).sort(),
  );
});

it.each([0, -1, 1.5, 2 ** 26 + 1, Number.NaN])('refuses a capacity of %d flows', flow_capacity => {
  expect(() => new Recorder({ flow_capacity })).toThrow(
    'flow_capacity must be a whole number from 1 to 67108864.',
  );
});

it("refuses a flow whose addresses can't be read", () => {
  const recorder = new Recorder();
  expect(() => recorder.recordPacket('1', { ...FLOW, dst: '2001:db8::1' }, 1)).toThrow(
    'A flow needs two IPv4 or two IPv6 addresses, but has src "10.0.0.1" and dst "2001:db8::1".',
  );
});
