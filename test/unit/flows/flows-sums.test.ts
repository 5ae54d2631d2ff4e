import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flowMatcher } from '../../../core/flows/flow-filter.ts';
import { hashFlow } from '../../../core/flows/flow-identity.ts';
import type { LoggedReport } from '../../../core/flows/flow-log-store.ts';
import { FLOW_GROUPS, FlowGroups } from '../../../core/flows/flow-stats.ts';
import { maskHosts, networkOf } from '../../../core/flows/mask-hosts.ts';
import { FlowSums } from '../../../core/flows/top-flows.ts';
import { formatAddress, parseAddress, parseCidr } from '../../../core/policy/ip-address.ts';
import type { FlowRecord } from '../../../core/totals/flow-record.ts';
import { isOtherFlows, limitFlows } from '../../../core/totals/other-flows.ts';
import { makeFlow } from '../../support/flow-records.ts';

const everything = flowMatcher({});

/** Few values, so that flows coincide over reports, sites, policies and endpoints. */
const flow = fc
  .record({
    policy_id: fc.constantFrom('1', 'default'),
    endpoint_id: fc.constantFrom('wan1', 'wan2'),
    src: fc.constantFrom('10.1.2.3', '10.1.2.4', '2001:db8::1'),
    src_port: fc.constantFrom(0, 40_000),
    dst: fc.constantFrom('192.0.2.9', '2001:db8:1::9'),
    dst_port: fc.constantFrom(53, 443),
    protocol: fc.constantFrom(6, 17),
    packets: fc.bigInt({ min: 0n, max: 2n ** 62n }),
    bytes: fc.oneof(fc.bigInt({ min: 0n, max: 3n }), fc.bigInt({ min: 0n, max: 2n ** 62n })),
  })
  .map(makeFlow);

const report = fc
  .record({
    site_id: fc.constantFrom('site-1', 'site-2'),
    flows: fc.array(flow, { maxLength: 12 }),
    listed: fc.integer({ min: 0, max: 12 }),
  })
  .map(
    ({ site_id, flows, listed }): LoggedReport => ({
      edge_id: 'edge-1',
      site_id,
      sent_at: '2026-01-31T12:00:00.000Z',
      interval_s: 60,
      flows: limitFlows(flows, listed),
    }),
  );

const reports = fc.array(report, { maxLength: 8 });

function sumOf(flows: readonly { packets: bigint; bytes: bigint }[]): [bigint, bigint] {
  return [
    flows.reduce((sum, { packets }) => sum + packets, 0n),
    flows.reduce((sum, { bytes }) => sum + bytes, 0n),
  ];
}

describe('the largest flows', () => {
  it('add up to the whole log together with the other flows, with any limit', () => {
    fc.assert(
      fc.property(reports, fc.integer({ min: 1, max: 30 }), (logged, limit) => {
        const sums = new FlowSums(everything);
        for (const each of logged) sums.add(each);
        const { flows, other, total } = sums.largest(limit);
        expect(sumOf([...flows, other])).toEqual(sumOf(logged.flatMap(each => each.flows)));
        expect([total.packets, total.bytes]).toEqual(sumOf([...flows, other]));
      }),
    );
  });

  it('are those of a sort of all flows', () => {
    fc.assert(
      fc.property(reports, fc.integer({ min: 1, max: 10 }), (logged, limit) => {
        const sums = new FlowSums(everything);
        for (const each of logged) sums.add(each);
        const all = sums.largest(1_000_000).flows.map(each => each.bytes);
        const sorted = [...all].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
        expect(all).toEqual(sorted);
        expect(sums.largest(limit).flows.map(each => each.bytes)).toEqual(sorted.slice(0, limit));
      }),
    );
  });

  it('do not depend on the hash', () => {
    fc.assert(
      fc.property(reports, fc.integer({ min: 1, max: 30 }), (logged, limit) => {
        const answers = [hashFlow, () => 7, () => 2 ** 31 - 1].map(hash => {
          const sums = new FlowSums(everything, { hash });
          for (const each of logged) sums.add(each);
          return sums.largest(limit);
        });
        expect(answers[1]).toEqual(answers[0]);
        expect(answers[2]).toEqual(answers[0]);
      }),
    );
  });

  it('are summed over reports and endpoints, and separate for each site', () => {
    const sums = new FlowSums(everything);
    const early = makeFlow({
      bytes: 3n,
      first: '2026-01-31T11:00:00.000Z',
      last: '2026-01-31T11:00:10.000Z',
    });
    const late = makeFlow({ bytes: 4n, endpoint_id: 'wan2' });
    const each = { edge_id: 'edge-1', sent_at: '2026-01-31T12:00:00.000Z', interval_s: 60 };
    sums.add({ ...each, site_id: 'site-1', flows: [late] });
    sums.add({ ...each, site_id: 'site-1', flows: [early] });
    sums.add({ ...each, site_id: 'site-2', flows: [early] });
    const { flows, distinct, reports } = sums.largest(10);
    expect(flows).toMatchObject([
      { site_id: 'site-1', bytes: 7n, first: early.first, last: late.last },
      { site_id: 'site-2', bytes: 3n },
    ]);
    expect([distinct, reports]).toEqual([2, 3]);
  });

  it('are rejected instead of shortened if there are too many', () => {
    const sums = new FlowSums(everything, { maxFlows: 1 });
    const flows = [makeFlow(), makeFlow({ src_port: 1 })];
    const logged = { edge_id: 'e', site_id: 's', sent_at: '', interval_s: 60, flows };
    expect(() => sums.add(logged)).toThrow(
      'There are more flows in this range than one request can read: choose a shorter range, or one site or edge.',
    );
  });
});

describe('sums by attributes of flows', () => {
  it('add up to the counted total together with unattributed traffic, in any grouping', () => {
    const groups = fc.subarray([...FLOW_GROUPS], { minLength: 1 });
    const counts = fc.record({ packets: fc.bigInt(), bytes: fc.bigInt() });
    fc.assert(
      fc.property(reports, groups, counts, fc.integer({ min: 1, max: 5 }), (logged, by, total, limit) => {
        const tcp = flowMatcher({ protocols: [6] });
        const grouped = new FlowGroups(by, tcp, { counted: everything });
        for (const each of logged) grouped.add(each);
        const { rows, other, unmatched, unattributed } = grouped.splitTotal(total, {
          order_by: 'PACKETS',
          limit,
        });
        expect(sumOf([...rows, other, unmatched, unattributed])).toEqual([total.packets, total.bytes]);
        const listed = logged.flatMap(({ flows }) => flows).filter(flow => !isOtherFlows(flow));
        expect(sumOf([...rows, other])).toEqual(sumOf(listed.filter(tcp)));
        expect(sumOf([unmatched])).toEqual(sumOf(listed.filter(flow => !tcp(flow))));
        expect(rows.length).toBeLessThanOrEqual(limit);
      }),
    );
  });
});

const address = fc.oneof(fc.ipV4(), fc.ipV6()).filter(text => parseAddress(text) !== undefined);

describe('a filter by prefix', () => {
  it('accepts addresses with the same leading bits', () => {
    fc.assert(
      fc.property(address, address, fc.integer({ min: 0, max: 128 }), (src, network, bits) => {
        const length = parseAddress(network)!.family === 4 ? Math.min(32, bits) : bits;
        const cidr = parseCidr(`${network}/${length}`)!;
        expect(flowMatcher({ srcs: [cidr] })(makeFlow({ src }))).toBe(
          bitsOf(network).slice(0, length) === bitsOf(src).slice(0, length) && sameFamily(src, network),
        );
      }),
    );
  });
});

describe('masking hosts', () => {
  it('keeps /24 of IPv4 and /56 of IPv6, also when repeated', () => {
    fc.assert(
      fc.property(address, text => {
        const { address: network, length } = networkOf(parseAddress(text)!);
        const masked = formatAddress(network);
        expect(length).toBe(network.family === 4 ? 24 : 56);
        expect(bitsOf(masked)).toBe(bitsOf(text).slice(0, length).padEnd(bitsOf(text).length, '0'));
        expect(networkOf(parseAddress(masked)!).address).toEqual(network);
      }),
    );
  });

  it('keeps the sum of every policy and endpoint, and text that is not an address', () => {
    fc.assert(
      fc.property(fc.array(flow), flows => {
        const masked = maskHosts(flows);
        for (const pair of pairsOf(flows)) {
          expect(sumOf(masked.filter(each => pairOf(each) === pair))).toEqual(
            sumOf(flows.filter(each => pairOf(each) === pair)),
          );
        }
      }),
    );
    expect(maskHosts([makeFlow({ src: 'other', dst: 'gateway' })])).toMatchObject([
      { src: 'other', dst: 'gateway' },
    ]);
  });
});

const pairOf = ({ policy_id, endpoint_id }: FlowRecord) => `${policy_id} ${endpoint_id}`;
const pairsOf = (flows: readonly FlowRecord[]) => new Set(flows.map(pairOf));
const sameFamily = (a: string, b: string) => parseAddress(a)!.family === parseAddress(b)!.family;

/** All bits of an address as text. */
function bitsOf(text: string): string {
  const { family, words } = parseAddress(text)!;
  return words
    .slice(0, family === 4 ? 1 : 4)
    .map(word => (word >>> 0).toString(2).padStart(32, '0'))
    .join('');
}
