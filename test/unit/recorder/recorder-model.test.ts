import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FlowKey } from '../../../core/policy/flow-key.ts';
import { compilePolicies } from '../../../core/policy/policy-match.ts';
import { Recorder } from '../../../core/recorder/recorder.ts';
import { RecorderModel } from '../../support/recorder-model.ts';

const POLICY_SETS = [
  [],
  [{ id: '1', name: '', priority: 1, enabled: true, match: { source_cidr: '10.0.0.0/30' } }],
  [
    { id: '1', name: '', priority: 1, enabled: true, match: { source_cidr: '10.0.0.0/29' } },
    { id: '2', name: '', priority: 2, enabled: true, match: { source_port: 1 } },
  ],
].map(compilePolicies);

const flow: fc.Arbitrary<FlowKey> = fc
  .record({ n: fc.integer({ min: 1, max: 16 }), six: fc.boolean(), src_port: fc.nat({ max: 1 }) })
  .map(({ n, six, src_port }) => ({
    src: six ? `2001:db8::${n}` : `10.0.0.${n}`,
    src_port,
    dst: six ? '2001:db8::ff' : '10.0.0.255',
    dst_port: 443,
    protocol: 6,
  }));

type Step =
  | {
      do: 'flow';
      flow: FlowKey;
      packets: number;
      size: number;
      policy_id: string | undefined;
      after_ms: number;
    }
  | { do: 'packet'; flow: FlowKey; size: number; policy_id: string; after_ms: number }
  | { do: 'policies'; set: number }
  | { do: 'cleanup'; idle_ms: number }
  | { do: 'take' };

const after_ms = fc.integer({ min: 1, max: 1000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('flow' as const),
      flow,
      packets: fc.integer({ min: 1, max: 5 }),
      size: fc.nat({ max: 1500 }),
      policy_id: fc.option(fc.constantFrom('7', '8'), { nil: undefined, freq: 5 }),
      after_ms,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('packet' as const),
      flow,
      size: fc.nat({ max: 1500 }),
      policy_id: fc.constantFrom('1', '7'),
      after_ms,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('policies' as const), set: fc.nat({ max: 2 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('cleanup' as const), idle_ms: fc.nat({ max: 3000 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'take' as const }) },
);

it('counts, evicts and forgets like a plain Map, with any input in any order', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.array(step, { maxLength: 120 }),
      (flow_capacity, steps) => {
        let now = Date.UTC(2026, 0, 31);
        const recorder = new Recorder({ flow_capacity, clock: () => now });
        const model = new RecorderModel(flow_capacity);
        for (const taken of steps) {
          if (taken.do === 'flow' || taken.do === 'packet') {
            now += taken.after_ms;
          }
          switch (taken.do) {
            case 'flow': {
              const { packets, size, policy_id } = taken;
              const bytes = packets * size;
              const counts = { packets: BigInt(packets), bytes: BigInt(bytes), first_ms: now, last_ms: now };
              recorder.recordFlow(taken.flow, counts, policy_id === undefined ? {} : { policy_id });
              model.record(taken.flow, { packets, bytes, at_ms: now, policy_id });
              break;
            }
            case 'packet':
              recorder.recordPacket(taken.policy_id, taken.flow, taken.size);
              model.record(taken.flow, {
                packets: 1,
                bytes: taken.size,
                at_ms: now,
                policy_id: taken.policy_id,
              });
              break;
            case 'policies':
              recorder.setPolicies(POLICY_SETS[taken.set]!);
              model.setPolicies(POLICY_SETS[taken.set]!);
              break;
            case 'cleanup':
              expect(recorder.cleanupStaleFlows(taken.idle_ms)).toBe(model.cleanup(taken.idle_ms, now));
              break;
            case 'take':
              expect(model.sorted(recorder.takeInterval())).toEqual(model.takeInterval());
          }
          expect(recorder.activeFlowCount()).toBe(model.flowCount);
        }
        const counted = recorder.takeInterval();
        expect(model.sorted(counted)).toEqual(model.takeInterval());
        expect(recorder.evictedFlows).toBe(model.evicted);
        recorder.updateFlowCounts();
        expect(recorder.takeInterval().policies).toEqual(counted.policies);
      },
    ),
    { numRuns: 500 },
  );
});

it('does so while its table grows and shrinks', () => {
  const numbers = fc.array(fc.nat({ max: 3000 }), { minLength: 3000, maxLength: 4000 });
  const idle = fc.array(fc.integer({ min: 100, max: 2500 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(numbers, idle, (given, idles) => {
      const recorder = new Recorder({ flow_capacity: 1500 });
      const model = new RecorderModel(1500);
      let now = 0;
      for (const idle_ms of idles) {
        for (const n of given) {
          now += 1;
          const flow = {
            src: `10.0.${n >>> 8}.${n & 255}`,
            src_port: n,
            dst: '10.1.0.1',
            dst_port: 53,
            protocol: 17,
          };
          recorder.recordPacket('1', flow, n, now);
          model.record(flow, { packets: 1, bytes: n, at_ms: now, policy_id: '1' });
        }
        expect(recorder.cleanupStaleFlows(idle_ms, now)).toBe(model.cleanup(idle_ms, now));
        expect(model.sorted(recorder.takeInterval())).toEqual(model.takeInterval());
      }
      expect(recorder.evictedFlows).toBe(model.evicted);
    }),
    { numRuns: 3, endOnFailure: true },
  );
});
