import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FlowKey, KEY_WORDS, metaV4, packFlowKey } from '../../../core/policy/flow-key.ts';
import { compilePolicies } from '../../../core/policy/policy-match.ts';
import { DistinctFlows } from '../../../core/recorder/distinct-flows.ts';
import { Recorder } from '../../../core/recorder/recorder.ts';

const TRANSPORT = [6, 17, 132];

const flow: fc.Arbitrary<FlowKey> = fc
  .record({
    n: fc.nat({ max: 5 }),
    six: fc.boolean(),
    src_port: fc.nat({ max: 1 }),
    dst_port: fc.nat({ max: 1 }),
    protocol: fc.constantFrom(1, ...TRANSPORT),
  })
  .map(({ n, six, ...rest }) => ({
    src: six ? `2001:db8::${n}` : `10.0.0.${n}`,
    dst: six ? `2001:db8:${n}::1` : '10.1.0.1',
    ...rest,
  }));

function packed(key: FlowKey): Int32Array {
  const words = new Int32Array(KEY_WORDS);
  packFlowKey(key, 0, words);
  return words;
}

const textOf = (key: FlowKey) => JSON.stringify(key);

describe('distinct flows', () => {
  it('are counted as a set, under their first policy, and as transport flows once their ports were seen', () => {
    const step = fc.record({ flow, policy_id: fc.constantFrom('a', 'b'), whole: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const flows = new DistinctFlows();
        const policies = new Map<string, string>();
        const transport = new Set<string>();
        for (const { flow: key, policy_id, whole } of steps) {
          flows.add(packed(key), policy_id);
          if (!policies.has(textOf(key))) policies.set(textOf(key), policy_id);
          const hasPorts = key.src_port !== 0 || key.dst_port !== 0;
          if (whole && !hasPorts) flows.noteTransport(packed(key));
          if (TRANSPORT.includes(key.protocol) && (hasPorts || whole)) transport.add(textOf(key));
        }
        expect([flows.flows, flows.flows_l4]).toEqual([policies.size, transport.size]);
        for (const policy_id of ['a', 'b', 'none']) {
          const due = [...policies.values()].filter(first => first === policy_id).length;
          expect(flows.flowsOf(policy_id)).toBe(due);
        }
      }),
    );
  });

  it('are distinguished in any number and by each word of their keys', () => {
    const flows = new DistinctFlows();
    const COUNT = 5000;
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < COUNT; n++) {
        flows.add(
          packed({
            src: `10.0.${n >>> 8}.${n & 255}`,
            src_port: 1,
            dst: '10.1.0.1',
            dst_port: 2,
            protocol: 6,
          }),
          'a',
        );
      }
      for (let word = 0; word < KEY_WORDS; word++) {
        const key = packed({ src: '2001:db8::1', src_port: 1, dst: '2001:db8::2', dst_port: 2, protocol: 6 });
        key[word]! ^= 1;
        flows.add(key, 'b');
      }
    }
    expect([flows.flows, flows.flowsOf('a'), flows.flowsOf('b')]).toEqual([
      COUNT + KEY_WORDS,
      COUNT,
      KEY_WORDS,
    ]);
  });

  it('are counted under the matching policy, also after the recorder has evicted them', () => {
    const distinct_flows = new DistinctFlows();
    const recorder = new Recorder({ flow_capacity: 1, distinct_flows });
    const web = { id: 'web', name: 'web', priority: 1, enabled: true, match: { destination_port_from: 443 } };
    recorder.setPolicies(compilePolicies([web]));
    const [first, second] = [1, 2].map(n =>
      packed({ src: `10.0.0.${n}`, src_port: 9, dst: '10.1.0.1', dst_port: 443, protocol: 6 }),
    );
    for (const [src, dst, ports] of [first!, second!, first!]) {
      recorder.recordV4(src!, dst!, ports!, metaV4(6, 0), 100);
    }
    const zero = packed({ src: '10.0.0.3', src_port: 0, dst: '10.1.0.1', dst_port: 0, protocol: 17 });
    recorder.recordV4(zero[0]!, zero[1]!, 0, metaV4(17, 0), 100);
    expect([distinct_flows.flows, distinct_flows.flows_l4, distinct_flows.flowsOf('web')]).toEqual([3, 2, 2]);
    recorder.noteZeroPorts(zero);
    recorder.noteZeroPorts(zero);
    expect([distinct_flows.flows, distinct_flows.flows_l4]).toEqual([3, 3]);
    expect(recorder.evictedFlows).toBe(3);
  });
});

describe('a recorder', () => {
  const FLOW: FlowKey = { src: '10.0.0.1', src_port: 1, dst: '10.1.0.1', dst_port: 2, protocol: 6 };

  it('gives the first and last time of each flow in the interval', () => {
    const recorder = new Recorder();
    const counts = (first_ms: number, last_ms: number) => ({ packets: 1n, bytes: 10n, first_ms, last_ms });
    recorder.recordFlow(FLOW, counts(2000, 5000));
    recorder.recordFlow(FLOW, counts(1000, 3000));
    recorder.recordFlow(FLOW, counts(4000, 4500));
    const times = () => recorder.takeInterval().flows.map(({ first, last }) => [first, last]);
    expect(times()).toEqual([['1970-01-01T00:00:01.000Z', '1970-01-01T00:00:05.000Z']]);
    // The next interval has a first moment of its own.
    recorder.recordFlow(FLOW, counts(7000, 8000));
    expect(times()).toEqual([['1970-01-01T00:00:07.000Z', '1970-01-01T00:00:08.000Z']]);
  });

  it.each([
    ['packets', { packets: 2n ** 31n, bytes: 10n }],
    ['bytes', { packets: 1n, bytes: 2n ** 52n }],
  ])('lists a flow separately if one entry cannot hold its %s', (_, large) => {
    const recorder = new Recorder();
    recorder.recordFlow(FLOW, { packets: 3n, bytes: 30n, first_ms: 1, last_ms: 2 });
    recorder.recordFlow(FLOW, { ...large, first_ms: 3, last_ms: 4 });
    recorder.recordFlow(FLOW, { packets: 5n, bytes: 50n, first_ms: 5, last_ms: 6 });
    const { flows, policies } = recorder.takeInterval();
    expect(flows.map(({ packets, bytes }) => [packets, bytes])).toEqual([
      [3n, 30n],
      [large.packets, large.bytes],
      [5n, 50n],
    ]);
    expect(policies).toMatchObject([{ packets: 8n + large.packets, bytes: 80n + large.bytes }]);
  });

  it.each([
    ['packets', { packets: 2n ** 31n - 1n, bytes: 10n }, { packets: 1n, bytes: 1n }],
    ['bytes', { packets: 1n, bytes: 2n ** 52n - 1n }, { packets: 1n, bytes: 2n }],
  ])('lists a flow again if one entry cannot hold the sum of its %s', (_, full, more) => {
    const recorder = new Recorder();
    for (const counts of [full, more]) recorder.recordFlow(FLOW, { ...counts, first_ms: 1, last_ms: 2 });
    const listed = recorder.takeInterval().flows.map(({ packets, bytes }) => ({ packets, bytes }));
    expect(listed).toEqual([full, more]);
  });

  it('forgets a flow that was idle longer than the limit, five minutes by default', () => {
    const recorder = new Recorder({ clock: () => 300_000 });
    recorder.recordPacket('1', FLOW, 10, 0);
    expect(recorder.cleanupStaleFlows()).toBe(0);
    expect(recorder.cleanupStaleFlows(undefined, 300_001)).toBe(1);
    expect(recorder.getPolicyStats('1')).toMatchObject({ packets_matched: 1, active_flows: 0 });
  });

  it('recounts active flows correctly, also those that await another match', () => {
    const recorder = new Recorder();
    recorder.recordPacket('1', FLOW, 10, 0);
    recorder.recordPacket('1', { ...FLOW, src_port: 3 }, 10, 0);
    recorder.setPolicies(compilePolicies([]));
    recorder.setPolicies(compilePolicies([]));
    recorder.updateFlowCounts();
    expect(recorder.getPolicyStats('1').active_flows).toBe(2);
    expect(recorder.cleanupStaleFlows(0, 1)).toBe(2);
    expect(recorder.getPolicyStats('1').active_flows).toBe(0);
  });
});
