import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asksContents,
  type FlowFilter,
  type FlowValues,
  flowMatcher,
  hostsOf,
  reportMatcher,
} from '../../../core/flows/flow-filter.ts';
import { applicationClass } from '../../../core/policy/application-class.ts';
import { parseCidr } from '../../../core/policy/ip-address.ts';
import type { FlowRecord } from '../../../core/totals/flow-record.ts';
import { isOtherFlows } from '../../../core/totals/other-flows.ts';
import { makeFlow } from '../../support/flow-records.ts';

const cidr = (text: string) => parseCidr(text)!;

/** Networks with the test of a text that needs no arithmetic. */
const NETWORKS: Record<string, (address: string) => boolean> = {
  '10.1.0.0/16': address => address.startsWith('10.1.'),
  '10.1.2.3': address => address === '10.1.2.3',
  '192.0.2.9/32': address => address === '192.0.2.9',
  '2001:db8::/32': address => address.startsWith('2001:db8:'),
  '0.0.0.0/0': address => !address.includes(':'),
};

const networks = fc.subarray(Object.keys(NETWORKS), { minLength: 1 });
const ids = fc.subarray(['1', '2', 'default'], { minLength: 1 });

const values = fc.record(
  {
    policy_ids: ids,
    endpoint_ids: ids,
    site_ids: ids,
    edge_ids: ids,
    addresses: networks,
    srcs: networks,
    dsts: networks,
    ports: fc.subarray([[53, 53] as const, [0, 100] as const, [443, 500] as const], { minLength: 1 }),
    protocols: fc.subarray([6, 17], { minLength: 1 }),
    applications: fc.subarray(['Web', 'Other', 'Email'] as const, { minLength: 1 }),
  },
  { requiredKeys: [] },
);

type Written = typeof values extends fc.Arbitrary<infer Value> ? Value : never;

const filter = fc.record({ wanted: values, not: values });

const address = fc.constantFrom('10.1.2.3', '10.1.2.4', '10.2.0.1', '192.0.2.9', '2001:db8::1');
const flow = fc.oneof(
  { weight: 8, arbitrary: fc.record({ src: address, dst: address }) },
  { weight: 1, arbitrary: fc.constant({ src: 'other', dst: 'other' }) },
);
const logged = fc
  .tuple(
    flow,
    fc.record({
      policy_id: fc.constantFrom('1', '2', 'default'),
      endpoint_id: fc.constantFrom('1', '2'),
      src_port: fc.constantFrom(0, 53, 100, 40_000),
      dst_port: fc.constantFrom(25, 443, 500, 501),
      protocol: fc.constantFrom(1, 6, 17),
    }),
    fc.record({ site_id: fc.constantFrom('1', '2'), edge_id: fc.constantFrom('1', 'default') }),
  )
  .map(([ends, fields, report]) => ({ report, flow: makeFlow({ ...fields, ...ends }) }));

function typed({ addresses, srcs, dsts, ports, ...rest }: Written): FlowValues {
  return {
    ...rest,
    ...(addresses && { addresses: addresses.map(cidr) }),
    ...(srcs && { srcs: srcs.map(cidr) }),
    ...(dsts && { dsts: dsts.map(cidr) }),
    ...(ports && { ports: ports.map(([from, to]) => ({ from, to })) }),
  };
}

/**
 * The verdict of a field about a flow; undefined: the field is not given. Written out, as a person
 * would.
 */
function verdicts(given: Written, flow: FlowRecord, report: { site_id: string; edge_id: string }) {
  const inOne = (address: string, texts: string[]) => texts.some(text => NETWORKS[text]!(address));
  const ofPorts = (port: number) => given.ports?.some(([from, to]) => from <= port && port <= to);
  const application = applicationClass(flow.protocol, flow.src_port, flow.dst_port);
  return [
    given.policy_ids?.includes(flow.policy_id),
    given.endpoint_ids?.includes(flow.endpoint_id),
    given.site_ids?.includes(report.site_id),
    given.edge_ids?.includes(report.edge_id),
    given.addresses && (inOne(flow.src, given.addresses) || inOne(flow.dst, given.addresses)),
    given.srcs && inOne(flow.src, given.srcs),
    given.dsts && inOne(flow.dst, given.dsts),
    given.ports && (ofPorts(flow.src_port) || ofPorts(flow.dst_port)),
    given.protocols?.includes(flow.protocol),
    given.applications?.includes(application as 'Web'),
  ].filter(verdict => verdict !== undefined);
}

const CONTENTS = ['addresses', 'srcs', 'dsts', 'ports', 'protocols', 'applications'] as const;

describe('a filter on flows', () => {
  it('accepts any of the values of each field, and none of the excluded ones', () => {
    fc.assert(
      fc.property(filter, logged, ({ wanted, not }, { flow, report }) => {
        const made: FlowFilter = { ...typed(wanted), not: typed(not) };
        const passes = flowMatcher(made)(flow) && reportMatcher(made)(report);
        const isAsked = CONTENTS.some(field => wanted[field] || not[field]);
        expect(asksContents(made)).toBe(isAsked);
        const expected =
          verdicts(wanted, flow, report).every(Boolean) &&
          !verdicts(not, flow, report).some(Boolean) &&
          !(isAsked && isOtherFlows(flow));
        expect(passes).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('returns hosts of which every accepted flow has one', () => {
    fc.assert(
      fc.property(filter, logged, ({ wanted, not }, { flow }) => {
        const made: FlowFilter = { ...typed(wanted), not: typed(not) };
        const hosts = hostsOf(made);
        if (!hosts || !flowMatcher(made)(flow)) return;
        expect([flow.src, flow.dst].some(end => hosts.includes(end))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, FlowFilter, string[] | undefined]>([
    ['a host', { addresses: [cidr('10.1.2.3')] }, ['10.1.2.3']],
    [
      'hosts, each once',
      { srcs: ['10.1.2.3', '2001:DB8::1', '10.1.2.3/32'].map(cidr) },
      ['10.1.2.3', '2001:db8::1'],
    ],
    ['the fewest', { srcs: ['10.1.2.3', '10.1.2.4'].map(cidr), dsts: [cidr('192.0.2.9')] }, ['192.0.2.9']],
    ['a network among them', { addresses: ['10.1.2.3', '10.1.0.0/16'].map(cidr) }, undefined],
    ['excluded hosts', { not: { addresses: [cidr('10.1.2.3')] } }, undefined],
    ['no address', {}, undefined],
    [
      'more than are looked up one by one',
      { addresses: Array.from({ length: 17 }, (_, index) => cidr(`10.1.2.${index}`)) },
      undefined,
    ],
  ])('of %s uses the look-up by address only if it can', (_, given, hosts) => {
    expect(hostsOf(given)).toEqual(hosts);
  });
});
