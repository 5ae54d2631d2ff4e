import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MovedFlows } from '../../../core/flows/moved-flows.ts';
import type { PolicyMatch, PolicyRule } from '../../../core/policy/policy.ts';
import { compilePolicies } from '../../../core/policy/policy-match.ts';
import type { FlowRecord } from '../../../core/totals/flow-record.ts';
import { isOtherFlows, limitFlows } from '../../../core/totals/other-flows.ts';
import { makeFlow } from '../../support/flow-records.ts';

const flow = fc
  .record({
    // The policy under which an edge counted it does not matter.
    policy_id: fc.constantFrom('1', 'x'),
    src: fc.constantFrom('10.1.2.3', '10.2.2.4'),
    dst_port: fc.constantFrom(53, 443),
    protocol: fc.constantFrom(6, 17),
    packets: fc.bigInt({ min: 1n, max: 9n }),
    bytes: fc.bigInt({ min: 0n, max: 2n ** 62n }),
  })
  .map(makeFlow);
const reports = fc.array(
  fc.record({
    site_id: fc.constantFrom('site-1', 'site-2'),
    flows: fc.array(flow, { maxLength: 12 }).map(flows => limitFlows(flows, 5)),
  }),
  { maxLength: 5 },
);
const match: fc.Arbitrary<PolicyMatch> = fc.record(
  {
    protocol: fc.constantFrom(6, 17),
    source_cidr: fc.constantFrom('10.1.0.0/16', '10.0.0.0/8'),
    destination_port_from: fc.constantFrom(53, 443),
  },
  { requiredKeys: [] },
);
const rule = fc.record({
  ...{ name: fc.constant(''), priority: fc.integer({ min: 0, max: 3 }), enabled: fc.boolean(), match },
});

/** Policies before and after one of them was changed, made or removed. */
const change = fc
  .tuple(fc.array(rule, { maxLength: 4 }), fc.option(rule), fc.option(rule))
  .map(([others, old, next]) => {
    const kept = others.map((each, id): PolicyRule => ({ id: `${id}`, ...each }));
    const rulesWith = (each: typeof old) => (each ? [...kept, { id: '2.5', ...each }] : kept);
    return { before: rulesWith(old), after: rulesWith(next), policy_id: '2.5' };
  });

it('finds the flows that other policies would match, with their sums over all reports', () => {
  fc.assert(
    fc.property(change, reports, (changed, logged) => {
      const moved = new MovedFlows(changed);
      for (const report of logged) moved.add({ edge_id: 'e', sent_at: '', interval_s: 60, ...report });
      const [before, after] = [changed.before, changed.after].map(compilePolicies);
      const moves = new Map<string, { flows: Set<string>; bytes: bigint; packets: bigint }>();
      let judged = 0n;
      for (const { site_id, flows } of logged) {
        for (const each of flows.filter(one => !isOtherFlows(one))) {
          judged += each.bytes;
          const [from, to] = [before!.match(each), after!.match(each)];
          if (from === to) continue;
          const sum = moves.get(`${from} ${to}`) ?? { flows: new Set(), bytes: 0n, packets: 0n };
          sum.flows.add(`${site_id} ${keyOf(each)}`);
          sum.bytes += each.bytes;
          sum.packets += each.packets;
          moves.set(`${from} ${to}`, sum);
        }
      }
      const found = moved.result(3);
      expect(found.judged.bytes).toBe(judged);
      expect(new Map(found.moves.map(({ from, to, ...sum }) => [`${from} ${to}`, sum]))).toEqual(
        new Map(Array.from(moves, ([key, sum]) => [key, { ...sum, flows: sum.flows.size }])),
      );
      expect(found.moves.map(({ bytes }) => bytes)).toEqual(
        found.moves.map(({ bytes }) => bytes).sort((a, b) => (a < b ? 1 : a > b ? -1 : 0)),
      );
      expect(found.moved).toEqual({
        packets: found.moves.reduce((sum, { packets }) => sum + packets, 0n),
        bytes: found.moves.reduce((sum, { bytes }) => sum + bytes, 0n),
        flows: found.moves.reduce((sum, { flows }) => sum + flows, 0),
      });
      expect(found.largest).toHaveLength(Math.min(3, found.moved.flows));
      for (const { from, to, ...each } of found.largest) {
        expect([before!.match(each), after!.match(each)]).toEqual([from, to]);
      }
    }),
    { numRuns: 300 },
  );
});

it('ignores a flow between two IP versions, which belongs to no policy', () => {
  const all: PolicyRule = { id: '1', name: '', priority: 1, enabled: true, match: {} };
  const moved = new MovedFlows({ before: [], after: [all], policy_id: '1' });
  const report = { edge_id: 'e', site_id: 's', sent_at: '', interval_s: 60 };
  moved.add({ ...report, flows: [makeFlow({ dst: '2001:db8::1' }), makeFlow({ bytes: 7n })] });
  expect(moved.result(9)).toMatchObject({ judged: { bytes: 7n }, moved: { bytes: 7n, flows: 1 } });
});

function keyOf({ src, src_port, dst, dst_port, protocol }: FlowRecord): string {
  return [src, src_port, dst, dst_port, protocol].join(' ');
}
